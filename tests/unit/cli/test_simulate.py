from __future__ import annotations

import socket
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from cli.errors import Refused
from cli.simulate import wechat
from simulator.wechat.simulator import Simulator


def test_everything_an_admin_enters_is_shown(tmp_path: Path) -> None:
    simulator = Simulator("http://desk.test")
    accounts = wechat._accounts(simulator, tmp_path / "wechat.json", fresh=False)
    shown = StringIO()
    wechat._show(Console(file=shown, width=200), "http://127.0.0.1:8900", accounts)
    for account in accounts:
        values = (account.app_id, account.secret, account.token, account.aes_key, account.callback)
        assert all(value in shown.getvalue() for value in values)
    assert "FENZHEN_WECHAT_API_URL=http://127.0.0.1:8900/" in shown.getvalue()


def test_accounts_stay_until_fresh_ones_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "wechat.json"

    def secrets(*, fresh: bool) -> list[str]:
        made = wechat._accounts(Simulator("http://desk.test"), path, fresh=fresh)
        return [account.secret for account in made]

    first = secrets(fresh=False)
    assert secrets(fresh=False) == first
    assert secrets(fresh=True) != first


def test_a_taken_port_is_refused_with_a_sentence(tmp_path: Path, socket_enabled: None) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Refused, match=f"Port {port}"):
            wechat.simulate(
                "http://desk.test", port, tmp_path / "wechat.json", Console(file=StringIO()), None
            )
