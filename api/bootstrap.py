"""Makes a database ready for the desk: tables, bundled data, accounts, the bot's role."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import func, select

from api.audit import service as audit
from api.audit.keys import keys_of
from api.auth.service import hash_password
from api.commerce import demo_data
from api.db import Database, Transaction
from api.desk_tools import canned, macros
from api.events import SilentBus
from api.ids import new_id
from api.jobs import build_app
from api.knowledge import seeding as knowledge
from api.learning.material import seeding as material
from api.models import Staff, StaffSkill
from api.settings import REPOSITORY, Settings
from classifier.labels import LABELS

ACCOUNTS = (
    ("agent", "小云", "agent"),
    ("supervisor", "值班主管", "supervisor"),
    ("admin", "管理员", "admin"),
)
"""Demo accounts: user name, display name, role."""
_DEMO_LEVEL = 3
"""How well the demo agent knows every business line: well enough to be given it at once."""


@dataclass(frozen=True, slots=True)
class Account:
    """A staff account made on the first start."""

    username: str
    password: str
    role: str


def migrate(settings: Settings) -> None:
    """Bring the tables and the job queue's schema up to date."""
    config = Config()
    config.set_main_option("script_location", str(REPOSITORY / "migrations"))
    config.set_main_option("sqlalchemy.url", settings.sqlalchemy_url.replace("%", "%%"))
    command.upgrade(config, "head")
    asyncio.run(_queue_schema(settings.libpq_url))


def prepare(settings: Settings) -> list[Account]:
    """Load the bundled data, the demo shop and the demo accounts; the bot's role.

    Each is loaded once; lines that are new in this version are added. Returns the accounts made
    just now. Their passwords are also in `accounts.txt` (mode 600) unless
    `FENZHEN_DEMO_PASSWORD` set one.
    """
    if settings.tracker_dsn is not None:
        _tracker_role(settings.libpq_url, settings.tracker_dsn.get_secret_value())
    topics = knowledge.read_topics(REPOSITORY / "nlu_data" / "faq")
    return asyncio.run(_prepare(settings, topics))


async def _queue_schema(libpq_url: str) -> None:
    with psycopg.connect(libpq_url) as connection:
        present = connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone()
    if present == (None,):
        async with build_app(libpq_url).open_async() as app:
            await app.schema_manager.apply_schema_async()


async def _prepare(settings: Settings, topics: Sequence[dict[str, Any]]) -> list[Account]:
    database = Database(settings.sqlalchemy_url, SilentBus(), audit_keys=keys_of(settings))
    try:
        async with database.transaction() as tx:
            await audit.mark_key(tx)
            await knowledge.seed(tx, topics)
            await material.seed(tx)
            await canned.seed(tx)
            await macros.seed(tx)
            if settings.commerce_url is None:
                await demo_data.seed(tx)
            accounts = await _accounts(tx, settings)
            if accounts and settings.demo_password is None:
                _write_accounts(settings.home / "accounts.txt", accounts)
    finally:
        await database.dispose()
    return accounts


async def _accounts(tx: Transaction, settings: Settings) -> list[Account]:
    demo = settings.demo_password.get_secret_value() if settings.demo_password else None
    if demo is None and await tx.scalar(select(func.count()).select_from(Staff)):
        return []
    made = []
    for username, display_name, role in ACCOUNTS:
        password = demo or secrets.token_urlsafe(12)
        staff = await tx.scalar(select(Staff).where(Staff.username == username))
        if staff is None:
            await _add_account(tx, username, display_name, role, password)
        else:
            staff.password_hash = hash_password(password)
        made.append(Account(username, password, role))
    return made


async def _add_account(
    tx: Transaction, username: str, display_name: str, role: str, password: str
) -> None:
    staff = Staff(
        id=new_id(),
        username=username,
        display_name=display_name,
        role=role,
        capacity=8 if role == "agent" else 0,
        password_hash=hash_password(password),
    )
    tx.add(staff)
    await tx.flush()
    if role == "agent":
        tx.add_all(
            StaffSkill(staff_id=staff.id, category=category, level=_DEMO_LEVEL)
            for category in LABELS["category"]
        )


def _write_accounts(path: Path, accounts: list[Account]) -> None:
    lines = [f"{account.username}\t{account.password}\t{account.role}\n" for account in accounts]
    with open(path, "w", encoding="utf-8", opener=_private) as file:
        file.writelines(lines)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


def _tracker_role(libpq_url: str, tracker_dsn: str) -> None:
    """The role Rasa uses: it owns the schema `rasa` and sees no other table (design §3)."""
    wanted = conninfo_to_dict(tracker_dsn)
    role, password = str(wanted["user"]), str(wanted.get("password", ""))
    with psycopg.connect(libpq_url) as connection:
        exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
        verb = sql.SQL("ALTER" if exists else "CREATE")
        name = sql.Identifier(role)
        connection.execute(
            sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, name, sql.Literal(password))
        )
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(name))
        connection.execute(
            sql.SQL("CREATE SCHEMA IF NOT EXISTS rasa AUTHORIZATION {}").format(name)
        )
        connection.execute(sql.SQL("ALTER ROLE {} SET search_path = rasa").format(name))
