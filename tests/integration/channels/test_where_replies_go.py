"""Replies go where the customer wrote last, whatever else happens on their other channels."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from api.channels import inbound
from api.channels.wechat.media import MediaFetcher
from api.ids import now
from api.jobs import MediaOrder
from api.models import ChannelAccount, Customer
from simulator.wechat import kf_events
from simulator.wechat.people import Person
from tests.support.desk_work import ok
from tests.support.files import PNG
from tests.support.rig import Visitor
from tests.support.wechat_desk import WechatDesk


async def back_on_the_page(desk: WechatDesk, person: Person) -> Visitor:
    """A visitor who is the same person, and has written on the page last."""
    visitor = await desk.rig.visitor()
    code = await ok(visitor.http.post("/api/v1/visitor/join-code"), 201)
    await person.write(code["code"])
    await person.write("确认合并两边的对话")
    await desk.work()
    await visitor.say("我在网页上")
    return visitor


async def goes(desk: WechatDesk, visitor: Visitor) -> str:
    return str(
        await desk.rig.scalar(
            "SELECT channel FROM conversation WHERE id = :id", id=visitor.conversation_id
        )
    )


async def test_who_leaves_the_account_is_still_answered_on_the_page(desk: WechatDesk) -> None:
    person = desk.customer(await desk.official())
    visitor = await back_on_the_page(desk, person)
    await person.unfollow()
    assert await goes(desk, visitor) == "web"
    await person.follow()
    assert await goes(desk, visitor) == "wechat"


async def test_a_session_that_changes_by_itself_leads_nobody_away(desk: WechatDesk) -> None:
    account = await desk.kf()
    person = desk.customer(account)
    visitor = await back_on_the_page(desk, person)
    ended = kf_events.event("session_status_change", account, person.phone, change_type=3)
    desk.simulator.world.log(account).add(dict(ended), now() + timedelta(seconds=1))
    await desk.simulator.hint(account)
    await desk.work()
    assert await desk.rig.scalar("SELECT service_state FROM channel_contact") == 4
    assert await goes(desk, visitor) == "web"


async def test_a_known_customer_on_another_account_cannot_be_merged_away_meanwhile(
    desk: WechatDesk,
) -> None:
    first = await desk.kf("first")
    person = desk.customer(first)
    await person.write("在吗")
    await desk.work()
    second = desk.simulator.kf("second")
    second.app_id, second.secret = first.app_id, first.secret
    await desk.enter(second)
    async with desk.rig.database.transaction() as tx:
        row = await tx.get_one(ChannelAccount, UUID(desk.accounts["second"]["id"]))
        await inbound.contact_of(tx, row, person.phone.id)
        with pytest.raises(OperationalError, match="could not obtain lock"):
            async with desk.rig.database.transaction() as other:
                await other.scalar(select(Customer).with_for_update(key_share=True, nowait=True))
    assert await desk.rig.scalar("SELECT count(*) FROM customer") == 1
    assert await desk.rig.scalar("SELECT count(*) FROM conversation") == 2


async def test_a_file_that_two_jobs_fetch_hangs_there_once(desk: WechatDesk) -> None:
    person = desk.customer(await desk.official())
    await person.send_file("image", "broken.png", PNG)
    message_id = await desk.rig.scalar("SELECT id FROM message")
    order = MediaOrder(str(message_id), person.phone.bubbles[0].media_id, "image", "")
    of = desk.rig.desk
    fetcher = MediaFetcher(desk.rig.database, of.settings, of.wechat)
    account_id = UUID(desk.accounts["shop"]["id"])
    await asyncio.gather(*(fetcher.fetch(account_id, order) for _ in range(3)))
    attached = "SELECT count(*) FROM attachment WHERE message_id IS NOT NULL"
    assert await desk.rig.scalar(attached) == 1
