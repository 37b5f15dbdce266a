"""Processes that do not outlive the one that started them. Needs nothing of the desk."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable


def bound_to_parent(command: list[str], signal: str, privileges: Iterable[str] = ()) -> list[str]:
    """`command`, sent `signal` by the kernel when its parent dies, however that happens (Linux).

    `privileges` are set by the same setpriv, because a change of user forgets the signal.
    """
    if sys.platform != "linux" or shutil.which("setpriv") is None:
        return command
    return ["setpriv", "--pdeathsig", signal, *privileges, "--", *command]
