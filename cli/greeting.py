"""What `fenzhen up` says once the desk runs: where it is, and who may sign in."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape
from rich.table import Table

from cli import texts
from cli.preparing import Account
from cli.progress import Steps
from cli.settings import Settings

DEMO_NAMES = ("agent", "supervisor", "admin")


def greet(settings: Settings, made: list[Account], steps: Steps) -> None:
    """Addresses, accounts and how to stop. A password the caller chose is not repeated."""
    table = Table.grid(padding=(0, 2))
    for label, path in ((texts.SHOP, "/"), (texts.CONSOLE, "/console"), (texts.API_DOCS, "/docs")):
        table.add_row(label.line, f"{settings.url}{path}")
    table.add_row(texts.LOGS.line, str(settings.home.logs))
    for row in _account_rows(settings, made):
        table.add_row(*(escape(cell) for cell in row))
    steps.line("")
    steps.say(texts.READY, style="bold green")
    steps.table(table)
    steps.say(texts.HOW_TO_STOP)


def _account_rows(settings: Settings, made: list[Account]) -> list[tuple[str, str]]:
    label = texts.ACCOUNTS.line
    if settings.demo_password is not None:
        return [(label, " · ".join(DEMO_NAMES)), ("", texts.DEMO_PASSWORD.line)]
    accounts = made or read_accounts(settings.home.accounts)
    rows = [
        ("" if index else label, f"{account.username}  {account.password}")
        for index, account in enumerate(accounts)
    ]
    if settings.home.accounts.exists():
        rows.append((texts.ACCOUNTS_FILE.line, str(settings.home.accounts)))
    return rows


def read_accounts(path: Path) -> list[Account]:
    """The accounts of an earlier start, `name<TAB>password<TAB>role` a line; none if unreadable."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return []
    rows = [line.split("\t") for line in lines if line.count("\t") == 2]
    return [Account(name, role, password) for name, password, role in rows]
