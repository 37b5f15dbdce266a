from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from simulator.wechat import markup
from simulator.wechat.control import PAGE
from simulator.wechat.crypto import signature
from simulator.wechat.faults import GENUINE, ApiFault, PushFault, Setting
from simulator.wechat.people import Person
from simulator.wechat.sayings import Said
from simulator.wechat.simulator import Simulator
from simulator.wechat.world import APOLOGY, Account, Mode
from tests.support.waiting import eventually
from tests.support.wechat.desks import LittleDesk, simulated

MODES = (Mode.plain, Mode.compatible, Mode.safe)


def opened(account: Account, body: bytes) -> dict[str, str]:
    fields = markup.read(body)
    if account.mode is not Mode.safe:
        return fields
    return markup.read(account.crypt.decrypt(fields["Encrypt"]).message)


def notices(person: Person) -> list[str]:
    return [bubble.text for bubble in person.phone.bubbles if bubble.side == "wechat"]


def customer(simulator: Simulator, mode: Mode = Mode.safe) -> Person:
    return simulator.customer(simulator.official("shop", mode=mode))


@pytest.mark.parametrize("mode", MODES)
async def test_a_message_arrives_signed(mode: Mode) -> None:
    async with simulated() as (simulator, desk, _):
        person = customer(simulator, mode)
        assert (await person.write("快递 ]]> 到哪了")).ok
        ((query, body),) = desk.seen
        token = person.account.token
        assert query["signature"] == signature(token, query["timestamp"], query["nonce"])
        fields = opened(person.account, body)
        assert fields["Content"] == "快递 ]]> 到哪了"
        assert fields["FromUserName"] == person.phone.id
        assert fields["MsgId"].isdigit()
        if mode is not Mode.plain:
            encrypted = markup.read(body)["Encrypt"]
            parts = (token, query["timestamp"], query["nonce"], encrypted)
            assert query["msg_signature"] == signature(*parts)


async def test_without_an_answer_the_same_comes_three_times_and_the_customer_is_told() -> None:
    async with simulated(push_seconds=0.05) as (simulator, desk, _):
        desk.stuck = 3
        person = customer(simulator)
        push = await person.write("在吗")
        desk.release.set()
        assert (push.statuses, push.ok) == ([0, 0, 0], False)
        assert desk.seen[0] == desk.seen[1] == desk.seen[2]
        assert notices(person) == [APOLOGY]


async def test_a_second_attempt_that_is_answered_is_enough() -> None:
    async with simulated(push_seconds=0.05) as (simulator, desk, _):
        desk.stuck = 1
        person = customer(simulator)
        push = await person.write("在吗")
        assert (push.statuses, push.ok) == ([0, 200], True)
        assert notices(person) == []


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [
        (500, b"", "HTTP 500"),
        (200, b'{"errcode": 0}', "JSON"),
        (200, b"fine", "not XML"),
        (200, b"<xml><Content>x</Content></xml>", "not encrypted"),
        (200, b"<!DOCTYPE xml []><xml/>", "DTD"),
    ],
)
async def test_any_other_answer_is_an_apology(status: int, body: bytes, problem: str) -> None:
    async with simulated() as (simulator, desk, _):
        desk.status, desk.body = status, body
        person = customer(simulator)
        assert problem in (await person.write("在吗")).problem
        assert notices(person) == [APOLOGY]


@pytest.mark.parametrize("body", [b"", b"success", b" success\n"])
async def test_success_and_nothing_are_fine(body: bytes) -> None:
    async with simulated() as (simulator, desk, _):
        desk.body = body
        assert (await customer(simulator).write("在吗")).ok


def reply(person: Person, **changes: str) -> bytes:
    """A right passive answer of the account, encrypted; with changes."""
    account = person.account
    inside = {
        "ToUserName": person.phone.id,
        "FromUserName": account.user_name,
        "CreateTime": 1_763_000_000,
        "MsgType": "text",
        "Content": "您好",
        **changes,
    }
    encrypted = account.crypt.encrypt(markup.write(inside).encode())
    signed = signature(account.token, "1763000000", "77", encrypted)
    outside = {
        "Encrypt": encrypted,
        "MsgSignature": changes.get("sign", signed),
        "TimeStamp": 1_763_000_000,
        "Nonce": "77",
    }
    return markup.write(outside).encode()


async def test_an_encrypted_answer_is_shown() -> None:
    async with simulated() as (simulator, desk, _):
        person = customer(simulator)
        desk.body = reply(person)
        assert (await person.write("在吗")).ok
        assert person.texts == ["您好"]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"sign": "0" * 40}, "wrong MsgSignature"),
        ({"ToUserName": "somebody"}, "ToUserName"),
        ({"FromUserName": "somebody"}, "FromUserName"),
        ({"MsgType": "msgmenu"}, "MsgType"),
        ({"Content": "长" * 700}, "too long"),
    ],
)
async def test_a_wrong_answer_is_an_apology(changes: dict[str, str], problem: str) -> None:
    async with simulated() as (simulator, desk, _):
        person = customer(simulator)
        desk.body = reply(person, **changes)
        assert problem in (await person.write("在吗")).problem
        assert notices(person) == [APOLOGY]


async def test_from_and_to_must_be_swapped() -> None:
    async with simulated() as (simulator, desk, _):
        person = customer(simulator)
        both = {"ToUserName": person.account.user_name, "FromUserName": person.phone.id}
        desk.body = reply(person, **both)
        assert "ToUserName" in (await person.write("在吗")).problem


async def test_duplicates_come_at_the_same_moment() -> None:
    async with simulated() as (simulator, desk, _):
        desk.stuck = 2
        writing = asyncio.create_task(customer(simulator).write("在吗", {PushFault.duplicate}))
        await eventually(lambda: len(desk.seen) == 2, "both are under way")
        assert desk.seen[0] == desk.seen[1]
        desk.release.set()
        assert (await writing).ok


async def test_an_impatient_callback_is_repeated_at_once() -> None:
    async with simulated() as (simulator, desk, _):
        desk.stuck = 1
        push = await customer(simulator).write("在吗", {PushFault.impatient})
        desk.release.set()
        assert (push.statuses, push.ok) == ([0, 200], True)
        assert desk.seen[0] == desk.seen[1]


async def test_two_customers_may_have_one_message_id() -> None:
    async with simulated() as (simulator, desk, _):
        account = simulator.official("shop", mode=Mode.plain)
        for name in ("小李", "小王"):
            said = Said("text", "在吗")
            await simulator.customer(account, name).say(said, message_id=42)
        assert {markup.read(body)["MsgId"] for _, body in desk.seen} == {"42"}
        assert len({markup.read(body)["FromUserName"] for _, body in desk.seen}) == 2


async def test_events_have_no_message_id() -> None:
    async with simulated() as (simulator, desk, _):
        person = customer(simulator, Mode.plain)
        await person.follow("poster")
        fields = markup.read(desk.seen[0][1])
        assert fields["Event"] == "subscribe"
        assert fields["EventKey"] == "qrscene_poster"
        assert "MsgId" not in fields


async def test_recognition_may_be_there_empty_or_missing() -> None:
    async with simulated() as (simulator, desk, _):
        person = customer(simulator, Mode.plain)
        for words in ("我要退款", "", None):
            await person.send_file("voice", "a.amr", b"#!AMR", words)
        found = [markup.read(body).get("Recognition") for _, body in desk.seen]
        assert found == ["我要退款", "", None]


@pytest.mark.parametrize("fault", sorted(set(PushFault) - GENUINE))
async def test_a_spoilt_callback_shows_the_customer_nothing(fault: PushFault) -> None:
    async with simulated() as (simulator, desk, _):
        desk.status = 403
        person = customer(simulator)
        simulator.world.faults.push[fault] = Setting(times=1)
        await person.write("在吗")
        assert notices(person) == []
        await person.write("在吗")
        first, second = (body for _, body in desk.seen)
        assert first != second
        assert notices(person) == [APOLOGY]


async def test_spoilt_callbacks_are_spoilt_as_they_say() -> None:
    async with simulated() as (simulator, desk, _):
        person = customer(simulator)
        for fault in (PushFault.doctype, PushFault.oversized, PushFault.stale):
            await person.write("在吗", {fault})
        (_, doctype), (_, oversized), (stale, _) = desk.seen
        assert b"<!DOCTYPE" in doctype
        assert len(oversized) > 1024**2
        assert int(stale["timestamp"]) < int(desk.seen[0][0]["timestamp"]) - 80_000


async def test_the_address_is_checked_as_the_console_does() -> None:
    async def echo(request: httpx.Request) -> httpx.Response:
        query = request.url.params
        known = signature(account.token, query["timestamp"], query["nonce"])
        return httpx.Response(200 if query["signature"] == known else 403, text=query["echostr"])

    http = httpx.AsyncClient(transport=httpx.MockTransport(echo))
    simulator = Simulator("http://desk.test", http=http)
    account = simulator.official("shop")
    assert await simulator.pusher.check(account) == ""
    account.token = "another"
    good = simulator.official("other")
    assert await simulator.pusher.check(good) == "HTTP 403, 19 bytes"
    await simulator.close()


async def test_the_log_tells_every_callback() -> None:
    async with simulated(desk=LittleDesk()) as (simulator, desk, _):
        desk.body = json.dumps({"ok": True}).encode()
        await customer(simulator).write("在吗")
        (record,) = simulator.world.records
        assert (record.way, record.what, record.result, record.note) == (
            "push",
            "text",
            200,
            "JSON",
        )


async def test_two_customers_may_be_given_one_message_id() -> None:
    async with simulated() as (simulator, desk, _):
        account = simulator.official("shop", mode=Mode.plain)
        one, other = simulator.customer(account, "一"), simulator.customer(account, "二")
        simulator.world.faults.push[PushFault.same_message_id] = Setting()
        for person in (one, one, other):
            assert (await person.write("在吗")).ok
        ids = [opened(account, body)["MsgId"] for _, body in desk.seen]
        assert ids[0] != ids[1] == ids[2]


async def test_a_message_may_come_without_an_id_and_a_voice_without_words() -> None:
    async with simulated() as (simulator, desk, _):
        person = customer(simulator, Mode.plain)
        spoilt = frozenset({PushFault.no_message_id, PushFault.no_recognition})
        assert (await person.say(Said("voice", recognition="退货"), spoilt)).ok
        ((_, body),) = desk.seen
        fields = opened(person.account, body)
        assert "MsgId" not in fields
        assert fields["Recognition"] == ""


def test_every_fault_can_be_switched_on_the_page() -> None:
    page = PAGE.read_text("utf-8")
    assert [fault for fault in (*ApiFault, *PushFault) if f" {fault}: [" not in page] == []
