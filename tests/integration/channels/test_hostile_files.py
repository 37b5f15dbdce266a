"""A customer's file is never taken for something that WeChat says."""

from __future__ import annotations

import json

import pytest

from simulator.wechat.app import KF
from simulator.wechat.core import Record
from tests.support.files import MP4
from tests.support.wechat_desk import WechatDesk

MEDIA = "/cgi-bin/media/get"


def calls(desk: WechatDesk, path: str) -> list[Record]:
    return [each for each in desk.simulator.world.records if each.what == path]


async def test_an_address_in_a_file_is_not_fetched(desk: WechatDesk) -> None:
    person = desk.customer(await desk.kf())
    trap = f"{desk.simulator.world.address}{KF}{MEDIA}?media_id=trap"
    await person.send_file("file", "notes.txt", json.dumps({"video_url": trap}).encode())
    await desk.work()
    assert [each.sent["media_id"] for each in calls(desk, MEDIA)] == [
        person.phone.bubbles[0].media_id
    ]
    assert await desk.rig.scalar("SELECT count(*) FROM attachment") == 1


@pytest.mark.parametrize("errcode", [-1, 40001, 40007])
async def test_an_errcode_in_a_file_is_no_refusal(desk: WechatDesk, errcode: int) -> None:
    account = await desk.kf()
    person = desk.customer(account)
    await person.send_file("file", "notes.txt", json.dumps({"errcode": errcode}).encode())
    await desk.work()
    assert len(calls(desk, MEDIA)) == 1
    assert account.tokens.count == 1
    assert await desk.rig.scalar("SELECT count(*) FROM attachment") == 1


async def test_a_video_is_fetched_where_wechat_says_it_is(desk: WechatDesk) -> None:
    person = desk.customer(await desk.official())
    await person.send_file("video", "clip.mp4", MP4)
    await desk.work()
    assert await desk.rig.scalar("SELECT media_type FROM attachment") == "video/mp4"
