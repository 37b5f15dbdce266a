"""What the supervisor runs, and what each program is told: no more than it needs."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from psycopg.conninfo import make_conninfo

from cli import valkey
from cli.checks import BOT_PYTHON
from cli.credentials import Secrets
from cli.ports import LOOPBACK, free_ports
from cli.postgres import OWNER, SOCKETS, Postgres, find_postgres
from cli.settings import RedisAddress, Settings

TRACKER_ROLE = "rasa"

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""Small matrices: more threads wait for each other (on 2 cores 193 turns in 40 s, so in 27 s)."""

ONE_HEAP = {"MALLOC_ARENA_MAX": "1"}
"""A heap for all threads: what one thread has freed of a model that was replaced, another can use.
With glibc's own, one a thread, each of them grows to what the largest model took."""

Stage = Literal["stores", "desk"]
"""`stores` are up before anything else starts, and end last."""


@dataclass(frozen=True)
class Program:
    """One program under the supervisor."""

    name: str
    stage: Stage
    command: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    """Its share of the desk's variables. A name has the same value wherever it is given."""
    privileges: list[str] = field(default_factory=list)
    """Options of setpriv: who it runs as."""
    stop_signal: str = "TERM"
    stop_seconds: int = 5
    """How long it may take to end before it is killed."""
    nice: int = 0
    """How far it stands behind the others when processors are short."""
    start_seconds: int = 3
    """A program that ended sooner than this is started again with growing pauses."""


@dataclass(frozen=True)
class Addresses:
    """Where the parts of one started desk are found."""

    api_port: int
    rasa_port: int
    actions_port: int
    database_url: str
    tracker_dsn: str
    redis: RedisAddress
    postgres: Postgres | None
    """The embedded server; None with DATABASE_URL."""
    own_redis: bool

    @property
    def ports(self) -> dict[str, int]:
        """The TCP ports by program."""
        return {
            "api": self.api_port,
            "rasa": self.rasa_port,
            "actions": self.actions_port,
            "redis": self.redis.port,
        }

    @property
    def api(self) -> str:
        """Where the other processes reach the api."""
        return f"http://{LOOPBACK}:{self.api_port}"

    @property
    def rasa(self) -> str:
        """Where the worker reaches Rasa."""
        return f"http://{LOOPBACK}:{self.rasa_port}"

    @property
    def actions(self) -> str:
        """Where Rasa reaches the action server."""
        return f"http://{LOOPBACK}:{self.actions_port}"


def choose_addresses(settings: Settings, secrets: Secrets) -> Addresses:
    """Ports for this start, and the addresses of the stores, embedded or given."""
    rasa_port, actions_port, redis_port = free_ports(3)
    postgres = find_postgres(settings.home) if settings.database_url is None else None
    if postgres is None:
        database_url = settings.database_url or ""
    else:
        database_url = postgres.url(OWNER, secrets.database_password)
    return Addresses(
        api_port=settings.port,
        rasa_port=rasa_port,
        actions_port=actions_port,
        database_url=database_url,
        tracker_dsn=tracker_dsn(database_url, secrets.rasa_password),
        redis=settings.redis or RedisAddress(LOOPBACK, redis_port, secrets.redis_password),
        postgres=postgres,
        own_redis=settings.redis is None,
    )


def running_addresses(settings: Settings, secrets: Secrets, ports: Mapping[str, int]) -> Addresses:
    """The addresses of the desk that runs on this home, from the ports in its state."""
    server = Postgres(settings.home.postgres, settings.home.sockets / SOCKETS)
    own_database = settings.database_url is None
    database_url = settings.database_url or server.url(OWNER, secrets.database_password)
    redis = RedisAddress(LOOPBACK, ports["redis"], secrets.redis_password)
    return Addresses(
        api_port=ports["api"],
        rasa_port=ports["rasa"],
        actions_port=ports["actions"],
        database_url=database_url,
        tracker_dsn=tracker_dsn(database_url, secrets.rasa_password),
        redis=settings.redis or redis,
        postgres=server if own_database else None,
        own_redis=settings.redis is None,
    )


def tracker_dsn(database_url: str, password: str) -> str:
    """The same database for the role that owns Rasa's tracker and nothing else."""
    return make_conninfo(database_url, user=TRACKER_ROLE, password=password)


def desk_environment(settings: Settings, addresses: Addresses, secrets: Secrets) -> dict[str, str]:
    """What api, worker and the preparing step are told."""
    return {
        **settings.passed_on,
        "FENZHEN_HOME": str(settings.home.root),
        "FENZHEN_PORT": str(settings.port),
        "FENZHEN_DATABASE_URL": addresses.database_url,
        "FENZHEN_REDIS_URL": addresses.redis.url,
        "FENZHEN_SERVICE_TOKEN": secrets.service_token,
        "FENZHEN_DATA_KEY": data_key_of(settings, secrets),
        "FENZHEN_API_URL": addresses.api,
        "FENZHEN_RASA_URL": addresses.rasa,
        "FENZHEN_ACTIONS_URL": addresses.actions,
        "FENZHEN_TRACKER_DSN": addresses.tracker_dsn,
        "FENZHEN_BOT_PYTHON": str(BOT_PYTHON),
    }


def programs(settings: Settings, addresses: Addresses, secrets: Secrets) -> list[Program]:
    """Everything that has to run, stores first."""
    return [*_stores(settings, addresses), *_desk(settings, addresses, secrets)]


def _stores(settings: Settings, addresses: Addresses) -> list[Program]:
    stores = []
    if addresses.postgres is not None:
        stores.append(postgres_program(addresses.postgres))
    if addresses.own_redis:
        configuration = settings.home.run / "valkey.conf"
        valkey.write_configuration(configuration, addresses.redis)
        stores.append(Program("redis", "stores", valkey.command(configuration), start_seconds=1))
    return stores


def postgres_program(server: Postgres) -> Program:
    """The embedded database under a supervisor."""
    # INT is PostgreSQL's fast shutdown: sessions end, nothing is recovered at the next start
    return Program(
        "postgres",
        "stores",
        server.command,
        privileges=server.privileges,
        stop_signal="INT",
        start_seconds=1,
    )


def data_key_of(settings: Settings, secrets: Secrets) -> str:
    """The key of what is sealed: the caller's, or the one of this home."""
    return settings.passed_on.get("FENZHEN_DATA_KEY") or secrets.data_key


def _desk(settings: Settings, addresses: Addresses, secrets: Secrets) -> list[Program]:
    told = desk_environment(settings, addresses, secrets)
    internal = {
        "FENZHEN_SERVICE_TOKEN": secrets.service_token,
        "FENZHEN_API_URL": addresses.api,
    }
    api = [sys.executable, "-m", "uvicorn", "api.app:create_app", "--factory"]
    api += ["--host", LOOPBACK, "--port", str(settings.port), "--timeout-graceful-shutdown", "3"]
    if proxies := settings.passed_on.get("FENZHEN_TRUSTED_PROXIES"):
        api += ["--forwarded-allow-ips", proxies]
    api += ["--ws-max-size", "65536", "--no-access-log"]
    # a console whose network is gone is noticed within 10 s: after 45 more its work is others'
    api += ["--ws-ping-interval", "5", "--ws-ping-timeout", "5"]
    worker = [sys.executable, "-m", "api.worker"]
    actions = [sys.executable, "-m", "actions", "--port", str(addresses.actions_port)]
    rasa = [str(BOT_PYTHON), "-m", "rasa", "run", "--credentials", "bot/credentials.yml"]
    rasa += ["--endpoints", "bot/endpoints.yml", "-i", LOOPBACK, "-p", str(addresses.rasa_port)]
    thinks = internal | _rasa_environment(addresses) | ONE_THREAD | ONE_HEAP
    # whoever calls the api waits for it, WeChat for 5 s: it comes before those who think
    nice = settings.background_nice
    return [
        Program("api", "desk", api, told | ONE_HEAP),
        Program("worker", "desk", worker, told | ONE_THREAD | ONE_HEAP, nice=nice),
        Program("actions", "desk", actions, internal, nice=nice),
        Program("rasa", "desk", rasa, thinks, nice=nice),
    ]


def _rasa_environment(addresses: Addresses) -> dict[str, str]:
    return {
        "FENZHEN_ACTIONS_URL": addresses.actions,
        "FENZHEN_REDIS_HOST": addresses.redis.host,
        "FENZHEN_REDIS_PORT": str(addresses.redis.port),
        "FENZHEN_REDIS_PASSWORD": addresses.redis.password,
        "FENZHEN_REDIS_DB": str(addresses.redis.database),
        "FENZHEN_TRACKER_DSN": addresses.tracker_dsn,
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
    }
