"""TCP ports: which are free, and who has one that is not."""

from __future__ import annotations

import errno
import socket
from contextlib import ExitStack
from dataclasses import dataclass

import psutil

from cli import texts
from cli.errors import Refused
from cli.texts import Text

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Holder:
    """The process that listens on a port."""

    pid: int
    name: str


def check_port(port: int) -> None:
    """`Refused` unless the desk can listen on `port` of the loopback interface."""
    try:
        _bind(port).close()
    except PermissionError as error:
        raise Refused(texts.PORT_FORBIDDEN.fill(port=port)) from error
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise Refused(_taken(port, holder_of(port))) from error


def free_ports(count: int) -> list[int]:
    """`count` different free ports of the loopback interface."""
    with ExitStack() as stack:
        # all are held until the last is found, so that none comes twice
        return [stack.enter_context(_bind(0)).getsockname()[1] for _ in range(count)]


def holder_of(port: int) -> Holder | None:
    """Who listens on `port`, as far as this user may see."""
    try:
        connections = psutil.net_connections(kind="tcp")
    except psutil.AccessDenied:
        return None
    for connection in connections:
        address = connection.laddr
        if connection.status != psutil.CONN_LISTEN or not address or address.port != port:
            continue
        if connection.pid is None:
            return None
        try:
            return Holder(connection.pid, psutil.Process(connection.pid).name())
        except psutil.Error:
            return None
    return None


def _bind(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        # as servers do: a port in TIME_WAIT counts as free
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        if port:
            listener.listen(1)
    except OSError:
        listener.close()
        raise
    return listener


def _taken(port: int, holder: Holder | None) -> Text:
    if holder is None:
        who = Text("其他程序", "another program")
    else:
        who = Text(f" {holder.name}（进程 {holder.pid}）", f"{holder.name} (process {holder.pid})")
    other = port + 1 if port < 65535 else port - 1
    return texts.PORT_TAKEN.fill(port=port, who_zh=who.zh, who_en=who.en, other=other)
