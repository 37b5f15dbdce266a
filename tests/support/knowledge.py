"""Entries of the bundled knowledge base."""

from __future__ import annotations

from tests.support.rig import Rig


async def some_key(rig: Rig) -> str:
    """The key of one of them."""
    return str(await rig.scalar("SELECT key FROM knowledge_entry ORDER BY key LIMIT 1"))
