"""What `fenzhen` is told by its environment (docs/architecture.md §6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, quote, unquote, urlsplit

from cli import texts
from cli.errors import Refused
from cli.home import Home

REPOSITORY = Path(__file__).resolve().parent.parent
DEFAULT_PORT = 8000
REDIS_PORT = 6379
DEFAULT_NICE = 10


@dataclass(frozen=True)
class RedisAddress:
    """A Redis in the parts Rasa's lock store asks for."""

    host: str
    port: int
    password: str
    database: int = 0

    @property
    def url(self) -> str:
        """The same as a URL."""
        login = f":{quote(self.password, safe='')}@" if self.password else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"redis://{login}{host}:{self.port}/{self.database}"


@dataclass(frozen=True)
class Settings:
    """How the desk shall be started. No address given means: the embedded server."""

    home: Home
    port: int
    database_url: str | None
    redis: RedisAddress | None
    demo_password: str | None
    passed_on: Mapping[str, str]
    """The caller's other `FENZHEN_*` variables: settings of api and worker."""
    background_nice: int = DEFAULT_NICE
    """How far worker, actions and Rasa stand behind the api and the stores when processors are
    short: a nice value, 0 for not at all."""

    @property
    def url(self) -> str:
        """Where the desk is reached from this machine."""
        return f"http://127.0.0.1:{self.port}"


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the environment; `Refused` names the variable that makes no sense."""
    mine = {"FENZHEN_HOME", "FENZHEN_PORT", "FENZHEN_DEMO_PASSWORD", "FENZHEN_BACKGROUND_NICE"}
    return Settings(
        home=read_home(environ),
        port=_port(environ.get("FENZHEN_PORT", "")),
        database_url=_database_url(environ.get("DATABASE_URL", "")),
        redis=_redis(environ.get("REDIS_URL", "")),
        demo_password=environ.get("FENZHEN_DEMO_PASSWORD") or None,
        passed_on={
            name: value
            for name, value in environ.items()
            if name.startswith("FENZHEN_") and name not in mine
        },
        background_nice=_nice(environ.get("FENZHEN_BACKGROUND_NICE", "")),
    )


def read_home(environ: Mapping[str, str]) -> Home:
    """`FENZHEN_HOME`, or `.fenzhen` in the project."""
    given = environ.get("FENZHEN_HOME")
    return Home((Path(given).expanduser() if given else REPOSITORY / ".fenzhen").resolve())


def _port(value: str) -> int:
    if not value:
        return DEFAULT_PORT
    if value.isdecimal() and 0 < int(value) < 65536:
        return int(value)
    raise Refused(texts.BAD_PORT.fill(value=value))


def _nice(value: str) -> int:
    if not value:
        return DEFAULT_NICE
    if value.isdecimal() and int(value) < 20:
        return int(value)
    raise Refused(texts.BAD_NICE.fill(value=value))


def _database_url(value: str) -> str | None:
    if not value:
        return None
    url = "postgresql://" + value.split("://", 1)[-1]
    scheme = value.split("://", 1)[0]
    if "://" not in value or scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
        raise Refused(texts.BAD_DATABASE_URL)
    return url


def _redis(value: str) -> RedisAddress | None:
    if not value:
        return None
    try:
        return _redis_parts(urlsplit(value))
    except ValueError as error:
        raise Refused(texts.BAD_REDIS_URL) from error


def _redis_parts(url: SplitResult) -> RedisAddress:
    if url.scheme not in {"redis", "valkey"} or not url.hostname or url.username:
        raise ValueError(url.scheme)
    return RedisAddress(
        host=url.hostname,
        port=url.port or REDIS_PORT,
        password=unquote(url.password or ""),
        database=int(url.path.strip("/") or 0),
    )
