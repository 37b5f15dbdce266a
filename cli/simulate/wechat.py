"""`fenzhen simulate wechat`: the simulator with two accounts, and what to enter in the desk."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from cli import texts
from cli.errors import Refused
from cli.ports import LOOPBACK
from cli.simulate.installing import Admin, install
from simulator.wechat import keeping
from simulator.wechat.serving import serving, settings_for
from simulator.wechat.simulator import Simulator
from simulator.wechat.world import Account, Kind

__all__ = ["Admin", "simulate"]

_CUSTOMERS = ("小李", "小王")


def simulate(
    desk: str, port: int, kept: Path, shown: Console, admin: Admin | None, *, fresh: bool = False
) -> None:
    """Run until Ctrl-C. Accounts are those of the file `kept`, or new ones."""
    asyncio.run(_simulate(desk, port, kept, shown, admin, fresh=fresh))


async def _simulate(
    desk: str, port: int, kept: Path, shown: Console, admin: Admin | None, *, fresh: bool
) -> None:
    simulator = Simulator(desk)
    accounts = _accounts(simulator, kept, fresh=fresh)
    try:
        async with serving(simulator, port, LOOPBACK) as address:
            _show(shown, address, accounts)
            if admin is not None:
                for account in await install(desk, admin, accounts):
                    shown.print(str(texts.SIMULATOR_INSTALLED.fill(name=account.name)))
            await _until_interrupted()
    except OSError as error:
        raise Refused(texts.SIMULATOR_PORT.fill(port=port, reason=error)) from error
    finally:
        keeping.save(simulator.world, kept)


def _accounts(simulator: Simulator, kept: Path, *, fresh: bool) -> Sequence[Account]:
    if kept.exists() and not fresh:
        try:
            return [simulator.called_back(each) for each in keeping.load(simulator.world, kept)]
        except ValueError as error:
            raise Refused(texts.SIMULATOR_FILE.fill(path=kept)) from error
    accounts = [simulator.official("sim-official"), simulator.kf("sim-kf")]
    for account in accounts:
        for name in _CUSTOMERS:
            simulator.customer(account, name)
    keeping.save(simulator.world, kept)
    return accounts


def _show(shown: Console, address: str, accounts: Sequence[Account]) -> None:
    shown.print(str(texts.SIMULATOR_RUNS.fill(url=address)))
    shown.print(str(texts.SIMULATOR_SETTINGS))
    for name, value in settings_for(address).items():
        shown.print(f"  {name}={value}", markup=False, highlight=False, soft_wrap=True)
    for account in accounts:
        table = Table(title=account.name, show_header=False, title_justify="left")
        for row in _rows(account):
            table.add_row(*row)
        shown.print(table)


def _rows(account: Account) -> list[tuple[str, str]]:
    """What an admin enters."""
    official = account.kind is Kind.official
    rows = [
        (texts.ACCOUNT_KIND.line, account.kind),
        (texts.ACCOUNT_KEY.line, account.key),
        ("AppID" if official else "CorpID", account.app_id),
        ("AppSecret" if official else "Secret", account.secret),
        ("Token", account.token),
        ("EncodingAESKey", account.aes_key),
    ]
    if not official:
        rows.append(("OpenKfId", account.open_kfid))
    rows.append((texts.ACCOUNT_MODE.line, account.mode))
    rows.append((texts.ACCOUNT_CALLBACK.line, account.callback))
    return rows


async def _until_interrupted() -> None:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(signum, asked.set)
    await asked.wait()
