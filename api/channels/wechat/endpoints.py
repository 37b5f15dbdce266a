"""Where WeChat calls: `GET|POST /channels/wechat/{account}`.

Nothing is believed before its signature, and nothing slow happens before the answer: a message and
the job that handles it are stored, then `success` is said, and answers go out by API.
"""

from __future__ import annotations

import time
from typing import Annotated, Any, NoReturn

import structlog
from fastapi import APIRouter, BackgroundTasks, Query, Request
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel

from api.channels.interface import AccountKeys
from api.channels.wechat import accounts, crypto, envelope, kf_inbox, official_inbox, refusals
from api.channels.wechat.envelope import Fields
from api.context import Desk, DeskDep
from api.errors import (
    BodyTooLarge,
    CallbackRefused,
    CallbackUnreadable,
    NotFound,
    declare,
)

log = structlog.get_logger(__name__)

router = APIRouter(prefix="/channels/wechat", tags=["channels"])

SUCCESS = "success"
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/plain": {"schema": {"type": "string"}}}},
    **declare(CallbackRefused, CallbackUnreadable, NotFound, BodyTooLarge),
}


class Call(BaseModel):
    """What stands in the address of a call."""

    timestamp: str = ""
    nonce: str = ""
    signature: str = ""
    msg_signature: str = ""
    echostr: str = ""


CallDep = Annotated[Call, Query()]


@router.get("/{account}", response_model=None, responses=_ANSWERS)
async def prove(account: str, call: CallDep, desk: DeskDep) -> PlainTextResponse:
    """Answer WeChat's question whether this address is the account's."""
    async with desk.database.transaction() as tx:
        found = await accounts.keys_of(tx, desk.settings, account)
    try:
        echo = _echo(found.account, call)
        _check_fresh(call, desk.settings.wechat_replay_seconds)
    except (CallbackRefused, CallbackUnreadable) as error:
        await _refuse(desk, found, error)
    return PlainTextResponse(echo)


@router.post("/{account}", response_model=None, responses=_ANSWERS)
async def receive(
    account: str, call: CallDep, request: Request, desk: DeskDep, background: BackgroundTasks
) -> PlainTextResponse:
    """Take a message or event. Once `success` is said, it is stored and will be handled once; who
    looks at the conversation is told after that."""
    body = await request.body()
    try:
        async with desk.database.transaction(background.add_task) as tx:
            found = await accounts.keys_of(tx, desk.settings, account)
            fields = _proved(found.account, call, body)
            _check_fresh(call, desk.settings.wechat_replay_seconds)
            if found.row is None:
                raise CallbackRefused("account")
            await accounts.note_called(tx, found.row)
            inbox = kf_inbox.take if found.row.kind == "kf" else official_inbox.take
            await inbox(tx, desk.queue, found.row, fields)
    except (CallbackRefused, CallbackUnreadable) as error:
        await _refuse(desk, found, error)
    return PlainTextResponse(SUCCESS)


def _echo(account: AccountKeys, call: Call) -> str:
    """What WeChat wants to hear: official accounts show it, 微信客服 sends it encrypted."""
    if account.kind == "official":
        if not crypto.same_signature(call.signature, account.token, call.timestamp, call.nonce):
            raise CallbackRefused("signature")
        return call.echostr
    return _decrypted(account, call, call.echostr).decode("utf-8", "replace")


def _proved(account: AccountKeys, call: Call, body: bytes) -> Fields:
    """The fields of a genuine message.

    Where both forms come (compatible mode) only the encrypted one is read: the plain signature does
    not protect a body. What is around the Encrypt is believed by nobody: whatever it is, a body
    without a signature that fits is refused as such.
    """
    if account.mode == "plain" and not (call.msg_signature and account.aes_key):
        if not crypto.same_signature(call.signature, account.token, call.timestamp, call.nonce):
            raise CallbackRefused("signature")
        return envelope.read(body)
    return envelope.read(_decrypted(account, call, envelope.encrypted(body)))


def _decrypted(account: AccountKeys, call: Call, encrypted: str) -> bytes:
    signed = (account.token, call.timestamp, call.nonce, encrypted)
    if not crypto.same_signature(call.msg_signature, *signed):
        raise CallbackRefused("signature")
    return crypto.decrypt(crypto.key_of(account.aes_key), account.app_id, encrypted)


def _check_fresh(call: Call, seconds: int) -> None:
    """Raises CallbackRefused for what was said long ago, or will be."""
    if not seconds:
        return
    said = call.timestamp if call.timestamp.isascii() and call.timestamp.isdigit() else "0"
    if abs(time.time() - int(said[:15])) > seconds:
        raise CallbackRefused("replay")


async def _refuse(
    desk: Desk, found: accounts.Found, error: CallbackRefused | CallbackUnreadable
) -> NoReturn:
    """Say no; why is only told to our log and to admins."""
    if found.row is None:
        log.warning("callback.refused", reason="account")
        raise NotFound from None
    log.warning("callback.refused", account=found.account.key, reason=error.reason)
    await refusals.note(desk.redis, found.account.id, error.reason)
    raise error
