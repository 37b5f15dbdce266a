"""Alembic environment: the URL comes from the caller's configuration."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, pool

from api.models import Base


def run() -> None:
    """Migrate inside one transaction per revision."""
    url = context.config.get_main_option("sqlalchemy.url")
    assert url is not None
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata)
        with context.begin_transaction():
            context.run_migrations()


run()
