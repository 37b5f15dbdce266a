"""Settings: one address, understood by SQLAlchemy and by libpq."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from api.settings import Settings

KEY = "data-key-for-the-tests-only-2026-11"


def settings(
    url: str = "postgresql://u:p%40@/desk?host=/tmp/pg",
    token: str = "t" * 20,
    key: str = KEY,
) -> Settings:
    return Settings.model_validate(
        {
            "database_url": url,
            "redis_url": "redis://:pw@127.0.0.1:1/0",
            "service_token": token,
            "data_key": key,
        }
    )


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_the_address_of_the_database_serves_sqlalchemy_and_libpq(scheme: str) -> None:
    made = settings(f"{scheme}://u:p%40@/desk?host=/tmp/pg")
    assert made.sqlalchemy_url == "postgresql+psycopg://u:p%40@/desk?host=/tmp/pg"
    assert made.libpq_url == "postgresql://u:p%40@/desk?host=/tmp/pg"


def test_secrets_do_not_show() -> None:
    shown = repr(settings(token="very-secret-service-token"))
    assert "very-secret" not in shown
    assert "p%40" not in shown
    assert ":pw@" not in shown
    assert KEY not in shown


def test_a_short_service_token_is_refused() -> None:
    with pytest.raises(ValidationError):
        settings(token="short")


@pytest.mark.parametrize("key", ["", "short", "x" * 31, f"{KEY},", f",{KEY}"])
def test_a_key_that_seals_nothing_is_refused(key: str) -> None:
    with pytest.raises(ValidationError):
        settings(key=key)


def test_older_keys_may_follow_the_one_that_seals() -> None:
    assert settings(key=f"{KEY},{KEY}").data_key.get_secret_value() == f"{KEY},{KEY}"
