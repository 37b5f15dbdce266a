from __future__ import annotations

from pathlib import Path

import pytest

from cli import texts
from cli.errors import Refused
from cli.settings import REPOSITORY, RedisAddress, read_settings


def test_without_variables_everything_is_embedded() -> None:
    settings = read_settings({})
    assert settings.home.root == REPOSITORY / ".fenzhen"
    assert settings.url == "http://127.0.0.1:8000"
    assert settings.database_url is None
    assert settings.redis is None
    assert settings.demo_password is None


def test_home_and_port_can_be_chosen(tmp_path: Path) -> None:
    settings = read_settings({"FENZHEN_HOME": str(tmp_path), "FENZHEN_PORT": "8123"})
    assert settings.home.root == tmp_path
    assert settings.port == 8123


@pytest.mark.parametrize("value", ["eight", "0", "65536", "-1", "80.5", "８０００x"])
def test_a_port_that_is_none_is_refused_by_name(value: str) -> None:
    with pytest.raises(Refused) as refused:
        read_settings({"FENZHEN_PORT": value})
    assert refused.value.text == texts.BAD_PORT.fill(value=value)


@pytest.mark.parametrize(("value", "nice"), [("", 10), ("0", 0), ("19", 19)])
def test_how_far_the_background_stands_behind_can_be_set(value: str, nice: int) -> None:
    assert read_settings({"FENZHEN_BACKGROUND_NICE": value}).background_nice == nice


@pytest.mark.parametrize("value", ["20", "-1", "much", "1.5"])
def test_a_nice_value_that_cannot_be_is_refused(value: str) -> None:
    with pytest.raises(Refused) as refused:
        read_settings({"FENZHEN_BACKGROUND_NICE": value})
    assert refused.value.text == texts.BAD_NICE.fill(value=value)


@pytest.mark.parametrize(
    ("given", "understood"),
    [
        ("postgres://u:p@db/desk", "postgresql://u:p@db/desk"),
        ("postgresql://u:p@db:5433/desk", "postgresql://u:p@db:5433/desk"),
        ("postgresql+psycopg://u:p@db/desk", "postgresql://u:p@db/desk"),
    ],
)
def test_database_urls_are_brought_to_the_form_of_libpq(given: str, understood: str) -> None:
    assert read_settings({"DATABASE_URL": given}).database_url == understood


@pytest.mark.parametrize("value", ["mysql://u:p@db/desk", "db.example", "postgresql:/db"])
def test_other_databases_are_refused(value: str) -> None:
    with pytest.raises(Refused) as refused:
        read_settings({"DATABASE_URL": value})
    assert refused.value.text == texts.BAD_DATABASE_URL


@pytest.mark.parametrize(
    ("given", "understood"),
    [
        ("redis://cache", RedisAddress("cache", 6379, "", 0)),
        ("redis://:p%40ss@cache:6380/2", RedisAddress("cache", 6380, "p@ss", 2)),
        ("valkey://127.0.0.1:7000/", RedisAddress("127.0.0.1", 7000, "", 0)),
    ],
)
def test_redis_urls_are_taken_apart_for_rasa(given: str, understood: RedisAddress) -> None:
    assert read_settings({"REDIS_URL": given}).redis == understood


@pytest.mark.parametrize(
    "value",
    ["rediss://cache", "redis://user:p@cache", "redis://cache:port", "redis://cache/x", "x"],
)
def test_a_redis_rasa_cannot_use_is_refused(value: str) -> None:
    with pytest.raises(Refused) as refused:
        read_settings({"REDIS_URL": value})
    assert refused.value.text == texts.BAD_REDIS_URL


def test_a_password_with_special_characters_survives_the_round_trip() -> None:
    address = RedisAddress("cache", 6379, "p@s/s:#", 1)
    assert read_settings({"REDIS_URL": address.url}).redis == address


def test_other_settings_of_the_desk_are_passed_on() -> None:
    environ = {"FENZHEN_ALLOWED_ORIGINS": "https://shop", "FENZHEN_PORT": "8001", "PATH": "/bin"}
    assert read_settings(environ).passed_on == {"FENZHEN_ALLOWED_ORIGINS": "https://shop"}
