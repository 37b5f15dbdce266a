"""Memory of a model that is not used any more goes back to the system."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Callable
from functools import cache


def settle() -> None:
    """What lives now is there to stay: later collections need not look at it.

    For a process that has imported everything and has loaded no model yet.
    """
    gc.collect()
    gc.freeze()


def give_back() -> None:
    """Free what nobody refers to, and hand the free pages of the heap back to the system.

    Python frees the objects of a dropped model, but glibc keeps their pages for itself
    (`malloc_trim(3)`), so a process would look as big as it ever was.
    """
    gc.collect()
    trim = _malloc_trim()
    if trim is not None:
        trim(0)


@cache
def _malloc_trim() -> Callable[[int], int] | None:
    """glibc's; None elsewhere."""
    if sys.platform != "linux":
        return None
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is None:
        return None
    trim.argtypes, trim.restype = [ctypes.c_size_t], ctypes.c_int
    return trim  # type: ignore[no-any-return]
