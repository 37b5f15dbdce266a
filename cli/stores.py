"""The desk's database for a command, whether the desk runs or not."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from cli import postgres, state, texts
from cli.credentials import Secrets, load_or_create
from cli.errors import Refused
from cli.programs import data_key_of, postgres_program, running_addresses
from cli.settings import Settings, read_settings
from cli.supervise import Supervisor

START_SECONDS = 60
"""PostgreSQL may have to recover after a crash."""
STOP_SECONDS = 12


@contextmanager
def database_url(environ: Mapping[str, str]) -> Iterator[str]:
    """libpq URL of the desk's database; an embedded one that is down runs as long as the block.

    `Refused` if this home has no database, or if a `fenzhen up` is just starting on it.
    """
    told = read_settings(environ)
    if told.database_url is not None:
        yield told.database_url
        return
    if not told.home.postgres.exists():
        raise Refused(texts.NO_DATA.fill(home=told.home.root))
    secrets = load_or_create(told.home.secrets)
    known = state.load(told.home.state)
    if known is not None and any(process.find() for process in known.processes.values()):
        yield running_addresses(told, secrets, known.ports).database_url
        return
    with told.home.lock(), _started(told, secrets) as url:
        yield url


def data_key(environ: Mapping[str, str]) -> str:
    """What the desk of this home seals with, as its processes are told."""
    told = read_settings(environ)
    return data_key_of(told, load_or_create(told.home.secrets))


@contextmanager
def _started(told: Settings, secrets: Secrets) -> Iterator[str]:
    server = postgres.find_postgres(told.home)
    supervisor = Supervisor(told.home, [postgres_program(server)])
    try:
        supervisor.start(os.environ)
        supervisor.start_stage("stores")
        url = server.url(postgres.OWNER, secrets.database_password)
        if postgres.wait_until_up(url, START_SECONDS) is not None:
            raise Refused(texts.POSTGRES_FAILED.fill(log=told.home.logs / "postgres.log"))
        yield url
    finally:
        supervisor.stop(STOP_SECONDS)
