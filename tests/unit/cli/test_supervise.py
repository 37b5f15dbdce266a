from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest
from supervisor.options import ServerOptions

from api.processes import bound_to_parent
from cli.home import Home
from cli.programs import Program
from cli.supervise import (
    clean_environment,
    configuration,
    shared_environment,
)

API = Program("api", "desk", ["python", "-m", "api"], {"SHARED": "both", "ONLY_API": "1"})
RASA = Program("rasa", "desk", ["rasa", "run"], {"SHARED": "both", "ONLY_RASA": "2"})
POSTGRES = Program(
    "postgres",
    "stores",
    ["postgres", "-D", "data"],
    privileges=["--reuid", "fenzhen-db"],
    stop_signal="INT",
    stop_seconds=7,
)


@pytest.fixture(autouse=True)
def _comes_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def understood(home: Home, *programs: Program) -> ServerOptions:
    """The configuration as supervisord itself reads it, started in the home."""
    home.create()
    os.chdir(home.root)
    path = home.run / "supervisord.conf"
    path.write_text(configuration(home, programs))
    options = ServerOptions()
    options.realize(["-c", str(path)])
    return options


def process(options: ServerOptions, name: str) -> object:
    groups = options.process_group_configs
    (found,) = (item for group in groups for item in group.process_configs if item.name == name)
    return found


def words(options: ServerOptions, name: str) -> list[str]:
    """The command of a program, split as supervisord splits it."""
    return shlex.split(process(options, name).command)


def test_stores_start_first_and_end_last(tmp_path: Path) -> None:
    groups = understood(Home(tmp_path), API, POSTGRES).process_group_configs
    order = [group.name for group in sorted(groups, key=lambda group: group.priority)]
    assert order == ["stores", "desk"]


def test_programs_are_restarted_for_ever_but_start_when_told(tmp_path: Path) -> None:
    api = process(understood(Home(tmp_path), API), "api")
    assert api.autorestart is not False
    assert api.autostart is False
    assert api.startretries >= 1_000_000


def test_a_program_ends_with_everything_it_started(tmp_path: Path) -> None:
    api = process(understood(Home(tmp_path), API), "api")
    assert api.stopasgroup
    assert api.killasgroup


def test_postgres_ends_by_fast_shutdown_of_the_server_alone(tmp_path: Path) -> None:
    postgres = process(understood(Home(tmp_path), POSTGRES), "postgres")
    assert postgres.stopsignal.name == "SIGINT"
    assert postgres.stopwaitsecs == 7
    assert not postgres.stopasgroup


def test_a_program_is_kept_from_what_only_others_may_know(tmp_path: Path) -> None:
    options = understood(Home(tmp_path), API, RASA)
    assert ["-u", "ONLY_RASA", "python", "-m", "api"] == words(options, "api")[-5:]
    assert ["-u", "ONLY_API", "rasa", "run"] == words(options, "rasa")[-4:]


def test_what_thinks_stands_behind_what_answers(tmp_path: Path) -> None:
    worker = Program("worker", "desk", ["python", "-m", "api.worker"], nice=7)
    options = understood(Home(tmp_path), API, worker)
    assert words(options, "worker")[-6:] == ["nice", "-n", "7", "python", "-m", "api.worker"]
    assert "nice" not in words(options, "api")


def test_no_value_is_written_into_the_configuration(tmp_path: Path) -> None:
    assert "both" not in configuration(Home(tmp_path), [API, RASA])
    assert shared_environment([API, RASA]) == {"SHARED": "both", "ONLY_API": "1", "ONLY_RASA": "2"}


def test_sockets_and_logs_are_private(tmp_path: Path) -> None:
    options = understood(Home(tmp_path), API)
    (server,) = options.server_configs
    assert server["chmod"] == 0o700
    assert options.umask == 0o077


@pytest.mark.parametrize("name", ["50%", "a b", "it's", '"quoted"', "分诊台", "a ;b #c"])
def test_any_home_reaches_the_programs_as_it_is(tmp_path: Path, name: str) -> None:
    home = Home(tmp_path / name)
    argument = f"{home.root}/x ;y #z"
    options = understood(home, Program("api", "desk", ["echo", str(home.root), argument]))
    assert words(options, "api")[-3:] == ["echo", str(home.root), argument]
    assert Path(process(options, "api").stdout_logfile).resolve() == home.logs / "api.log"


def test_children_die_with_their_parent_where_the_system_can(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("shutil.which", lambda _name: "/usr/bin/setpriv")
    command = bound_to_parent(["run", "-x"], "KILL", ["--reuid", "1"])
    assert command == ["setpriv", "--pdeathsig", "KILL", "--reuid", "1", "--", "run", "-x"]


def test_without_setpriv_commands_run_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    assert bound_to_parent(["run"], "KILL") == ["run"]


def test_programs_do_not_inherit_what_the_caller_told_the_desk() -> None:
    kept = clean_environment(
        {
            "PATH": "/bin",
            "DATABASE_URL": "postgresql://",
            "REDIS_URL": "redis://",
            "FENZHEN_DEMO_PASSWORD": "secret",
            "PYTHONPATH": "/elsewhere",
        }
    )
    assert kept.keys() == {"PATH", "NO_PROXY", "no_proxy", "PYTHONUNBUFFERED"}


def test_a_proxy_never_comes_between_the_programs() -> None:
    kept = clean_environment({"HTTP_PROXY": "http://proxy", "no_proxy": "example.org,localhost"})
    assert kept["NO_PROXY"] == "example.org,localhost,127.0.0.1"
