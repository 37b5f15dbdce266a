from __future__ import annotations

import os
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from cli.home import Home
from cli.postgres import Postgres, binary, find_postgres
from cli.settings import RedisAddress
from cli.valkey import command, write_configuration

MINE = Postgres(Path("/home/postgres"), Path("/home/run/pg"))
HANDED_OVER = Postgres(Path("/home/postgres"), Path("/home/run/pg"), "nobody", keeps_access=True)


def test_the_programs_of_the_wheels_are_there() -> None:
    assert os.access(binary("postgres"), os.X_OK)
    assert os.access(binary("initdb"), os.X_OK)
    assert os.access(command(Path("x"))[0], os.X_OK)


def test_the_server_listens_on_its_private_socket_only() -> None:
    assert "listen_addresses=" in MINE.command
    assert "unix_socket_directories=/home/run/pg" in MINE.command
    assert "unix_socket_permissions=0700" in MINE.command


def test_an_ordinary_caller_runs_the_server_itself() -> None:
    assert MINE.privileges == []
    assert MINE.as_account("initdb", "-D") == ["initdb", "-D"]


def test_root_hands_the_server_to_an_account_without_other_groups() -> None:
    words = HANDED_OVER.as_account("initdb")
    assert words[:3] == ["setpriv", "--reuid", "nobody"]
    assert "--clear-groups" in words
    assert words[-2:] == ["--", "initdb"]


def test_the_url_is_what_libpq_understands() -> None:
    assert conninfo_to_dict(MINE.url("fenzhen", "pw")) == {
        "user": "fenzhen",
        "password": "pw",
        "dbname": "fenzhen",
        "host": "/home/run/pg",
    }


def test_a_database_is_new_until_it_is_whole(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "postgres", tmp_path)
    (tmp_path / "postgres.new").mkdir()
    assert server.is_new
    (tmp_path / "postgres.new").rename(server.data)
    assert not server.is_new


def test_an_ordinary_caller_needs_no_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    home = Home(tmp_path)
    home.run.mkdir()
    found = find_postgres(home)
    assert found.account is None
    assert found.data == home.postgres


def test_redis_listens_on_loopback_with_a_password_and_keeps_nothing(tmp_path: Path) -> None:
    path = tmp_path / 'a "b"' / "valkey.conf"
    path.parent.mkdir()
    write_configuration(path, RedisAddress("127.0.0.1", 6400, "pw"))
    lines = path.read_text().splitlines()
    assert {"bind 127.0.0.1", "requirepass pw", "protected-mode yes", 'save ""'} <= set(lines)
    assert f'dir "{tmp_path}/a \\"b\\""' in lines
