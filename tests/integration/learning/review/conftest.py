"""Who talks, and who looks at it."""

from __future__ import annotations

import httpx
import pytest

from tests.support.reviewing import Talk
from tests.support.rig import Rig


@pytest.fixture
def talk(rig: Rig) -> Talk:
    """Customers and their bot."""
    return Talk(rig)


@pytest.fixture
async def lead(rig: Rig) -> httpx.AsyncClient:
    """A supervisor."""
    return await rig.staff("supervisor")
