"""`fenzhen audit verify` on a home whose desk does not run: the database is up as long as it reads."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from api import bootstrap
from api.audit.keys import derived
from api.audit.service import record
from api.db import Database
from api.events import SilentBus
from cli import postgres
from cli.credentials import load_or_create
from cli.main import app
from cli.programs import postgres_program
from cli.settings import read_settings
from cli.stores import data_key, database_url
from cli.supervise import Supervisor
from tests.support.audit import PERSON
from tests.support.rig import settings_for


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of a home that has an empty database and no desk running."""
    monkeypatch.setenv("FENZHEN_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    environ = {"FENZHEN_HOME": str(tmp_path / "home")}
    home = read_settings(environ).home
    home.create()
    secrets = load_or_create(home.secrets)
    server = postgres.find_postgres(home)
    server.initialise(secrets.postgres_password, home.logs / "initdb.log")
    supervisor = Supervisor(home, [postgres_program(server)])
    try:
        supervisor.start(environ)
        supervisor.start_stage("stores")
        admin = server.url(postgres.SUPERUSER, secrets.postgres_password, postgres.SUPERUSER)
        assert postgres.wait_until_up(admin, 60) is None
        postgres.ensure_database(server, secrets)
        url = server.url(postgres.OWNER, secrets.database_password)
        bootstrap.migrate(settings_for(url, "redis://127.0.0.1:9", home.root))
    finally:
        supervisor.stop(30)
    return environ


async def _write(url: str, data_key: str) -> None:
    address = "postgresql+psycopg://" + url.split("://", 1)[1]
    database = Database(address, SilentBus(), audit_keys=derived(data_key))
    try:
        async with database.transaction() as tx:
            for field in ("phone", "email"):
                await record(tx, PERSON, "reveal", "customer", "c1", {"field": field})
    finally:
        await database.dispose()


def verified(*options: str) -> tuple[int, dict[str, Any]]:
    """Exit code and what is printed."""
    done = CliRunner().invoke(app, ["audit", "verify", "--json", *options])
    state: dict[str, Any] = json.loads(done.stdout)
    return done.exit_code, state


def test_a_log_is_verified_while_the_desk_is_down(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with database_url(environ) as url:
        asyncio.run(_write(url, data_key(environ)))
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url, connect_timeout=5)
    code, state = verified()
    assert (code, state["whole"], state["seq"]) == (0, True, 2)
    with database_url(environ) as url, psycopg.connect(url) as connection:
        connection.execute("ALTER TABLE audit_record DISABLE TRIGGER USER")
        connection.execute("UPDATE audit_record SET action = 'sign_in' WHERE seq = 1")
        connection.execute("ALTER TABLE audit_record ENABLE TRIGGER USER")
    code, state = verified("--noted", f"2:{state['hash']}")
    assert (code, state["problems"]) == (1, [{"seq": 1, "kind": "changed"}])
    monkeypatch.setenv("FENZHEN_DATA_KEY", "k" * 40)
    assert verified()[1]["problems"][-1] == {"seq": 2, "kind": "unkeyed"}
    monkeypatch.delenv("FENZHEN_DATA_KEY")
    said = CliRunner().invoke(app, ["audit", "verify"])
    assert (said.exit_code, "第 1 条被改动过" in said.stdout) == (1, True)
    unreadable = CliRunner().invoke(app, ["audit", "verify", "--noted", "x"])
    assert (unreadable.exit_code, "--noted" in unreadable.stderr) == (1, True)


def test_a_home_without_a_database_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FENZHEN_HOME", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    refused = CliRunner().invoke(app, ["audit", "verify"])
    assert refused.exit_code == 1
    assert str(tmp_path) in refused.stderr
