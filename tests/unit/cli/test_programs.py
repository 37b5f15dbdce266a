from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from cli.credentials import Secrets
from cli.home import Home
from cli.postgres import Postgres
from cli.programs import (
    Addresses,
    Program,
    desk_environment,
    programs,
    running_addresses,
    tracker_dsn,
)
from cli.settings import RedisAddress, Settings

SECRETS = Secrets()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    home = Home(tmp_path)
    home.create()
    return Settings(home, 8123, None, None, "demo-password", {"FENZHEN_EXTRA": "x"})


@pytest.fixture
def addresses(settings: Settings) -> Addresses:
    return Addresses(
        api_port=8123,
        rasa_port=5005,
        actions_port=5055,
        database_url="postgresql://fenzhen:pw@/fenzhen?host=/sockets",
        tracker_dsn="host=/sockets user=rasa password=rasa-pw dbname=fenzhen",
        redis=RedisAddress("127.0.0.1", 6400, "redis-pw"),
        postgres=Postgres(settings.home.postgres, Path("/sockets")),
        own_redis=True,
    )


def by_name(settings: Settings, addresses: Addresses) -> dict[str, Program]:
    return {program.name: program for program in programs(settings, addresses, SECRETS)}


def test_everything_of_the_desk_is_run(settings: Settings, addresses: Addresses) -> None:
    wanted = by_name(settings, addresses)
    assert list(wanted) == ["postgres", "redis", "api", "worker", "actions", "rasa"]
    assert [p.name for p in wanted.values() if p.stage == "stores"] == ["postgres", "redis"]


def test_given_stores_are_not_started(settings: Settings, addresses: Addresses) -> None:
    elsewhere = replace(addresses, postgres=None, own_redis=False)
    assert list(by_name(settings, elsewhere)) == ["api", "worker", "actions", "rasa"]


def test_rasa_and_actions_never_see_the_database_of_the_desk(
    settings: Settings, addresses: Addresses
) -> None:
    wanted = by_name(settings, addresses)
    for name in ("rasa", "actions", "postgres", "redis"):
        told = wanted[name].environment
        assert "FENZHEN_DATABASE_URL" not in told
        assert "FENZHEN_EXTRA" not in told
        assert "FENZHEN_DATA_KEY" not in told
        assert addresses.database_url not in told.values()


def test_the_api_and_the_stores_come_before_what_thinks(
    settings: Settings, addresses: Addresses
) -> None:
    wanted = by_name(replace(settings, background_nice=4), addresses)
    assert {name: program.nice for name, program in wanted.items() if program.nice} == {
        "worker": 4,
        "actions": 4,
        "rasa": 4,
    }


def test_nobody_is_told_the_demo_password(settings: Settings, addresses: Addresses) -> None:
    for program in by_name(settings, addresses).values():
        assert "demo-password" not in program.environment.values()


def test_a_name_means_the_same_to_every_program(settings: Settings, addresses: Addresses) -> None:
    seen: dict[str, str] = {}
    for program in by_name(settings, addresses).values():
        for name, value in program.environment.items():
            assert seen.setdefault(name, value) == value


def test_no_password_stands_on_a_command_line(settings: Settings, addresses: Addresses) -> None:
    secret = {
        "redis-pw",
        "rasa-pw",
        SECRETS.service_token,
        SECRETS.data_key,
        SECRETS.postgres_password,
    }
    for program in by_name(settings, addresses).values():
        assert not [word for word in program.command for value in secret if value in word]


def test_everything_listens_on_loopback_only(settings: Settings, addresses: Addresses) -> None:
    wanted = by_name(settings, addresses)
    assert "listen_addresses=" in wanted["postgres"].command
    assert wanted["api"].command[wanted["api"].command.index("--host") + 1] == "127.0.0.1"
    assert wanted["rasa"].command[wanted["rasa"].command.index("-i") + 1] == "127.0.0.1"
    assert "bind 127.0.0.1\n" in (settings.home.run / "valkey.conf").read_text()


def test_the_configuration_of_redis_is_private(settings: Settings, addresses: Addresses) -> None:
    programs(settings, addresses, SECRETS)
    assert (settings.home.run / "valkey.conf").stat().st_mode & 0o777 == 0o600


def test_the_desk_is_told_where_everything_is(settings: Settings, addresses: Addresses) -> None:
    told = desk_environment(settings, addresses, SECRETS)
    assert told["FENZHEN_REDIS_URL"] == "redis://:redis-pw@127.0.0.1:6400/0"
    assert told["FENZHEN_RASA_URL"] == "http://127.0.0.1:5005"
    assert told["FENZHEN_HOME"] == str(settings.home.root)
    assert told["FENZHEN_EXTRA"] == "x"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://fenzhen:pw@/fenzhen?host=/run/pg",
        "postgresql://fenzhen:pw@db.example:5433/fenzhen?sslmode=require",
    ],
)
def test_rasa_reaches_the_same_database_as_another_role(url: str) -> None:
    mine, tracker = conninfo_to_dict(url), conninfo_to_dict(tracker_dsn(url, "rasa-pw"))
    assert tracker == mine | {"user": "rasa", "password": "rasa-pw"}


def test_the_addresses_of_a_running_desk_are_found_again(
    settings: Settings, addresses: Addresses
) -> None:
    found = running_addresses(settings, SECRETS, addresses.ports)
    assert found.ports == addresses.ports
    assert f"host={settings.home.sockets / 'pg'}" in found.database_url
    assert found.redis == RedisAddress("127.0.0.1", 6400, SECRETS.redis_password)
