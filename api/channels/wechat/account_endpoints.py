"""Accounts of WeChat, for admins."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import TypeAdapter

from api.auth.dependencies import AdminDep
from api.channels import outbound
from api.channels.wechat import accounts, menu_bar
from api.channels.wechat.checking import Checker
from api.channels.wechat.schemas import (
    AccountChange,
    AccountCheck,
    AccountList,
    AccountOut,
    AccountSaved,
    CheckStep,
    Mode,
    NewAccount,
    SecretsSet,
    Switches,
)
from api.context import Desk, DeskDep
from api.customers.sealing import sealer_of
from api.errors import (
    CannotUnseal,
    Conflict,
    CsrfFailed,
    Forbidden,
    NameTaken,
    NotFound,
    NotSignedIn,
    declare,
)
from api.i18n import choose
from api.models import ChannelAccount

router = APIRouter(prefix="/api/v1/channels/accounts", tags=["channels"])

_MODE: TypeAdapter[Mode] = TypeAdapter(Mode)
_READING = declare(NotSignedIn, Forbidden)
_ADDING = declare(NotSignedIn, CsrfFailed, Forbidden, NameTaken)
_CHANGING = declare(NotSignedIn, CsrfFailed, Forbidden, NotFound, Conflict)
_CHECKING = declare(NotSignedIn, CsrfFailed, Forbidden, NotFound, CannotUnseal)


@router.get("", responses=_READING)
async def list_accounts(_staff: AdminDep, desk: DeskDep, request: Request) -> AccountList:
    """All accounts, without their secrets; one whose secrets cannot be opened shows none as set."""
    async with desk.database.transaction() as tx:
        rows = await accounts.everyone(tx)
    items = [await _shown(desk, row, request) for row in rows]
    return AccountList(items=items, callback_base=_callback_base(desk))


@router.post("", status_code=201, responses=_ADDING)
async def add_account(
    body: NewAccount, staff: AdminDep, desk: DeskDep, request: Request
) -> AccountSaved:
    """Add an account; its menu is published at once."""
    async with desk.database.transaction() as tx:
        row = await accounts.create(tx, desk.settings, staff, body)
    step = await _publish(desk, row, Switches(), request)
    return AccountSaved(**dict(await _shown(desk, row, request)), menu=step)


@router.put("/{key}", responses=_CHANGING)
async def change_account(
    key: str, body: AccountChange, staff: AdminDep, desk: DeskDep, request: Request
) -> AccountSaved:
    """Set an account as wanted. Secrets that are left out stay; the menu is published anew."""
    async with desk.database.transaction() as tx:
        before = Switches.model_validate((await accounts.find(tx, key)).switches)
        row = await accounts.change(tx, desk.settings, staff, key, body)
    await desk.wechat.tokens.forget(row.id)
    step = await _publish(desk, row, before, request)
    return AccountSaved(**dict(await _shown(desk, row, request)), menu=step)


@router.post("/{key}/check", responses=_CHECKING)
async def check_account(
    key: str, _staff: AdminDep, desk: DeskDep, request: Request
) -> AccountCheck:
    """Look at the connection, and say exactly what is wrong.

    Once messages may be sent, those go out that the account's state has held up.
    """
    async with desk.database.transaction() as tx:
        row = await accounts.find(tx, key)
        account = accounts.opened(sealer_of(desk.settings), row)
    checker = Checker(desk.wechat, desk.redis, _language(request))
    found = await checker.check(account, row.called_at, _callback_url(desk, row))
    if row.enabled and found.may_send:
        async with desk.database.transaction() as tx:
            await outbound.wake(tx, row.id)
    return found


async def _publish(
    desk: Desk, row: ChannelAccount, before: Switches, request: Request
) -> CheckStep | None:
    """After the commit: WeChat may take its time, and what was saved stays saved."""
    menu = Switches.model_validate(row.switches).menu
    if row.kind != "official" or not row.enabled or not (menu or before.menu):
        return None
    account = accounts.opened(sealer_of(desk.settings), row)
    return await menu_bar.publish(desk.wechat, account, menu, _language(request))


async def _shown(desk: Desk, row: ChannelAccount, request: Request) -> AccountOut:
    known = accounts.opened_if_possible(sealer_of(desk.settings), row)
    checker = Checker(desk.wechat, desk.redis, _language(request))
    url = _callback_url(desk, row)
    return AccountOut(
        id=row.id,
        key=row.key,
        kind="kf" if row.kind == "kf" else "official",
        display_name=row.display_name,
        app_id=row.app_id,
        open_kfid=row.open_kfid,
        mode=_MODE.validate_python(row.mode),
        switches=Switches.model_validate(row.switches),
        enabled=row.enabled,
        secrets=SecretsSet(
            secret=bool(known.secret), token=bool(known.token), aes_key=bool(known.aes_key)
        ),
        callback_url=url,
        called_at=row.called_at,
        callback=await checker.callback(known, row.called_at, url),
        version=row.version,
        created_at=row.created_at,
    )


def _callback_url(desk: Desk, row: ChannelAccount) -> str:
    return f"{_callback_base(desk)}{row.key}"


def _callback_base(desk: Desk) -> str:
    return f"{desk.settings.base_url}/channels/wechat/"


def _language(request: Request) -> str:
    return choose(request.headers.get("accept-language"))
