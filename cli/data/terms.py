"""What invented texts are found by."""

from __future__ import annotations

from functools import lru_cache

from api.search.terms import document


@lru_cache(maxsize=100_000)
def found_by(text: str, name: str = "") -> str:
    """`api.search.terms.document`; many invented texts are said more than once."""
    return document(text, name)
