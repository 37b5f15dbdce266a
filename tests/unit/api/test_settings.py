"""Settings: one address, understood by SQLAlchemy and by libpq."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from api.settings import Settings


def settings(
    url: str = "postgresql://u:p%40@/desk?host=/tmp/pg", token: str = "t" * 20
) -> Settings:
    return Settings.model_validate(
        {"database_url": url, "redis_url": "redis://:pw@127.0.0.1:1/0", "service_token": token}
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


def test_a_short_service_token_is_refused() -> None:
    with pytest.raises(ValidationError):
        settings(token="short")
