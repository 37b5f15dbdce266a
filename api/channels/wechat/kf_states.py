"""Whose a session of 微信客服 is: asked before its customer is left unanswered."""

from __future__ import annotations

from collections.abc import Collection

import structlog
from sqlalchemy import select

from api.channels.interface import AccountKeys, Calls, NotDelivered, Unconfirmed
from api.channels.wechat import window
from api.db import Database
from api.models import ChannelContact
from api.models.base import JsonObject

log = structlog.get_logger(__name__)

STATE = "/cgi-bin/kf/service_state/get"


async def look(
    database: Database, calls: Calls, account: AccountKeys, writers: Collection[str]
) -> None:
    """Ask for the sessions of those who wrote while a colleague was thought to have them.

    A refused message (95018) tells only that it is not ours now, and the event of its end may be
    missed. Without an answer what was known stays.
    """
    if not writers:
        return
    query = select(ChannelContact).where(
        ChannelContact.account_id == account.id,
        ChannelContact.external_id.in_(writers),
        ChannelContact.service_state.in_(window.ELSEWHERE),
    )
    async with database.transaction() as tx:
        found = (await tx.scalars(query)).all()
    for contact in found:
        state = await _asked(calls, account, contact.external_id)
        if state is not None:
            await _note(database, contact, state)


async def _asked(calls: Calls, account: AccountKeys, external_id: str) -> int | None:
    body: JsonObject = {"open_kfid": account.open_kfid, "external_userid": external_id}
    try:
        return int((await calls.post(account, STATE, body))["service_state"])
    except (NotDelivered, Unconfirmed, KeyError, TypeError, ValueError) as error:
        log.warning("kf.state_unknown", account=account.key, error=type(error).__name__)
        return None


async def _note(database: Database, known: ChannelContact, state: int) -> None:
    async with database.transaction() as tx:
        contact = await window.lock(tx, known.id)
        if contact.service_state == known.service_state:
            contact.service_state = state
