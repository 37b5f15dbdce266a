from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import psutil
import pytest

from cli.errors import Refused
from cli.ports import LOOPBACK, Holder, check_port, free_ports, holder_of

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server((LOOPBACK, 0)) as listener:
        yield listener.getsockname()[1]


def test_a_taken_port_is_refused_with_who_has_it_and_what_to_do(taken: int) -> None:
    with pytest.raises(Refused) as refused:
        check_port(taken)
    said = str(refused.value.text)
    assert str(taken) in said
    assert str(os.getpid()) in said
    assert f"FENZHEN_PORT={taken + 1}" in said


def test_the_holder_of_a_port_is_known(taken: int) -> None:
    assert holder_of(taken) == Holder(os.getpid(), psutil.Process().name())


def test_a_free_port_is_no_obstacle() -> None:
    (port,) = free_ports(1)
    assert holder_of(port) is None
    check_port(port)


def test_free_ports_differ() -> None:
    assert len(set(free_ports(20))) == 20


def test_a_port_somebody_unknown_has_is_refused_too(
    taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_allowed(kind: str) -> list[object]:
        raise psutil.AccessDenied

    monkeypatch.setattr(psutil, "net_connections", not_allowed)
    with pytest.raises(Refused, match="another program"):
        check_port(taken)
