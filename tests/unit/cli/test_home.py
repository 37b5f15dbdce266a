from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli import texts
from cli.errors import Refused
from cli.home import Home, write_private


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.create()
    return home


def test_nobody_else_may_look_into_a_home(home: Home) -> None:
    assert {mode(path) for path in (home.root, home.run, home.logs, home.sockets)} == {0o700}


def test_a_home_left_open_is_closed_again(home: Home) -> None:
    home.root.chmod(0o755)
    home.create()
    assert mode(home.root) == 0o700


def test_a_file_in_the_way_of_a_home_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(Refused):
        Home(tmp_path / "home").create()


def test_sockets_lie_in_the_home_where_that_works() -> None:
    assert Home(Path("/srv/fenzhen")).sockets == Path("/srv/fenzhen/run")


@pytest.mark.parametrize("root", ["/srv/" + "x" * 90, "/srv/数据", "/srv/a,b", "/srv/a b"])
def test_sockets_get_a_short_plain_path_where_the_home_has_none(root: str) -> None:
    sockets = Home(Path(root)).sockets
    assert len(str(sockets)) < 80
    assert str(sockets).isascii()
    assert not set(str(sockets)) & set(", ")
    assert sockets == Home(Path(root)).sockets
    assert sockets != Home(Path(root + "2")).sockets


def test_a_short_socket_directory_that_is_somebodys_link_is_refused(tmp_path: Path) -> None:
    home = Home(tmp_path / "数据")
    home.sockets.symlink_to(tmp_path)
    try:
        with pytest.raises(Refused):
            home.create()
    finally:
        home.sockets.unlink()


def test_two_starts_on_one_home_are_refused(home: Home) -> None:
    with home.lock():
        with pytest.raises(Refused) as refused, home.lock():
            pass
        expected = texts.ALREADY_RUNNING.fill(home=home.root, pid=os.getpid())
        assert refused.value.text == expected


def test_the_lock_is_free_after_its_holder_has_ended(home: Home) -> None:
    with home.lock():
        pass
    with home.lock():
        pass


def test_the_lock_file_of_a_killed_start_does_not_stop_the_next(home: Home) -> None:
    die_holding_it = (
        "import os, pathlib, cli.home\n"
        f"with cli.home.Home(pathlib.Path({str(home.root)!r})).lock():\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    assert subprocess.run([sys.executable, "-c", die_holding_it], check=False).returncode == -9
    assert (home.run / "up.lock").read_text() != ""
    with home.lock():
        assert (home.run / "up.lock").read_text() == f"{os.getpid()}\n"


def test_private_files_are_private_from_the_first_byte(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, "new")
    assert path.read_text() == "new"
    assert mode(path) == 0o600
    assert list(tmp_path.iterdir()) == [path]
