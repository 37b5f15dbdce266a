"""What every channel promises, whichever it is (docs/channels.md)."""

from __future__ import annotations

from uuid import UUID

from api.assistant import Button
from api.conversations import repository
from api.conversations.service import append
from tests.support.agent_side import AgentSide, agent_at, agent_with
from tests.support.customer_sides import CustomerSide, Seen, WebSide, web
from tests.support.desk_work import ok
from tests.support.files import PNG
from tests.support.wechat_desk import WechatDesk

PERSON = "转人工"
TOLD = "转接人工"
LEAVE_WORD = "留言，转为工单"
LONG = "退货运费由责任方承担，请保留好外包装和吊牌。" * 85


async def texts(side: CustomerSide) -> list[str]:
    return [each.text for each in await side.sees()]


async def served(desk: WechatDesk, side: CustomerSide) -> AgentSide:
    """An agent has the customer, who has written last."""
    await side.says(PERSON)
    await desk.work()
    agent = await agent_with(desk.rig, await side.conversation())
    await desk.work()
    await side.says("在吗")
    await desk.work()
    return agent


async def offer(desk: WechatDesk, conversation_id: UUID, text: str, *buttons: Button) -> None:
    """The bot says something with buttons."""
    async with desk.rig.database.transaction() as tx:
        conversation = await repository.lock(tx, conversation_id)
        append(tx, conversation, author="bot", text=text, buttons=buttons)


async def test_what_the_customer_writes_arrives_once_and_in_order(
    desk: WechatDesk, side: CustomerSide
) -> None:
    written = [f"第 {number} 句话" for number in range(1, 8)]
    for text in written:
        await side.says(text)
    await desk.work()
    agent = await agent_at(desk.rig, await side.conversation())
    assert await agent.said("customer") == written
    assert (await agent.shown())["channel"] == side.channel


async def test_the_same_told_again_changes_nothing(desk: WechatDesk, side: CustomerSide) -> None:
    await side.says("请问怎么退款？", twice=True)
    await desk.work()
    agent = await agent_at(desk.rig, await side.conversation())
    assert await agent.said("customer") == ["请问怎么退款？"]
    assert await texts(side) == ["请问怎么退款？"]


async def test_the_same_words_written_twice_are_two_messages(
    desk: WechatDesk, side: CustomerSide
) -> None:
    await side.says("在吗？")
    await desk.work()
    await side.says("在吗？")
    await desk.work()
    agent = await agent_at(desk.rig, await side.conversation())
    assert await agent.said("customer") == ["在吗？"] * 2
    assert await texts(side) == ["在吗？"] * 2


async def test_replies_of_bot_system_and_agent_arrive_once_and_in_order(
    desk: WechatDesk, side: CustomerSide
) -> None:
    await side.says("你好呀")
    await desk.work()
    agent = await served(desk, side)
    for text in ("您好", "我来查一下", "今天会送到"):
        await agent.says(text)
    await desk.work()
    await desk.work()
    seen = await texts(side)
    assert seen[0] == "你好呀"
    assert TOLD in seen[1]
    assert "客服" in seen[2]
    assert seen[-3:] == ["您好", "我来查一下", "今天会送到"]
    assert len(seen) == 6


async def test_a_button_means_its_text(desk: WechatDesk, side: CustomerSide) -> None:
    await side.says("你好")
    await desk.work()
    choices = (Button(title="查物流", text="我的快递到哪了"), Button(title="退款", text="我要退款"))
    await offer(desk, await side.conversation(), "请选择", *choices)
    await desk.work()
    assert (await side.sees())[-1] == Seen("请选择", ("查物流", "退款"))
    await side.taps("退款")
    await desk.work()
    agent = await agent_at(desk.rig, await side.conversation())
    assert await agent.said("customer") == ["你好", "我要退款"]
    assert (await texts(side))[-1] == "我要退款"


async def test_files_arrive_both_ways(desk: WechatDesk, side: CustomerSide) -> None:
    agent = await served(desk, side)
    await side.sends_file("破损.png", PNG)
    await desk.work()
    (file,) = (await agent.messages("customer"))[-1]["attachments"]
    kept = await agent.http.get(f"/api/v1/attachments/{file['id']}")
    assert kept.content == PNG
    await agent.sends_file("退货标签.png", PNG)
    await desk.work()
    assert (await side.sees())[-1].files == (PNG,)


async def test_what_is_too_long_is_split_and_whole(desk: WechatDesk, side: CustomerSide) -> None:
    agent = await served(desk, side)
    before = len(await side.sees())
    await agent.says(LONG)
    await desk.work()
    parts = (await texts(side))[before:]
    assert "".join(parts) == LONG
    if side.longest_bytes is not None:
        assert len(parts) > 1
        assert max(len(part.encode()) for part in parts) <= side.longest_bytes


async def test_who_asks_for_a_person_is_in_the_queue_and_told(
    desk: WechatDesk, side: CustomerSide
) -> None:
    await side.says(PERSON)
    await desk.work()
    staff = await desk.rig.staff()
    query = {"view": "queue", "channel": side.channel}
    waiting = await ok(staff.get("/api/v1/conversations", params=query))
    assert [each["id"] for each in waiting["items"]] == [str(await side.conversation())]
    (notice,) = await side.sees()
    assert TOLD in notice.text
    assert LEAVE_WORD in notice.buttons


async def test_who_waits_may_leave_word(desk: WechatDesk, side: CustomerSide) -> None:
    await side.says(PERSON)
    await desk.work()
    await side.taps(LEAVE_WORD)
    await desk.work()
    agent = await agent_at(desk.rig, await side.conversation())
    assert (await agent.shown())["state"] == "ticketed"
    number = await desk.rig.scalar("SELECT number FROM ticket WHERE source = 'queue'")
    assert number in (await texts(side))[-1]


async def test_the_survey_is_asked_after_the_end_and_answered_once(
    desk: WechatDesk, side: CustomerSide
) -> None:
    agent = await served(desk, side)
    await agent.closes()
    await desk.work()
    assert "本次会话已结束" in (await texts(side))[-1]
    await side.rates(5)
    await side.rates(1)
    await desk.work()
    assert (await agent.shown())["rating"] == 5
    assert (
        await desk.rig.scalar("SELECT count(*) FROM conversation WHERE rated_at IS NOT NULL") == 1
    )


async def test_what_an_agent_took_back_in_time_is_not_seen(
    desk: WechatDesk, side: CustomerSide
) -> None:
    agent = await served(desk, side)
    seq = await agent.says("发错人了")
    await agent.recalls(seq)
    await agent.says("请稍等")
    await desk.work()
    seen = await texts(side)
    assert "发错人了" not in seen
    assert seen[-1] == "请稍等"


async def test_notes_of_staff_are_never_seen(desk: WechatDesk, side: CustomerSide) -> None:
    agent = await served(desk, side)
    await agent.notes("这位客户上周投诉过")
    await agent.says("您好")
    await desk.work()
    seen = await texts(side)
    assert seen[-1] == "您好"
    assert [text for text in seen if "投诉" in text] == []


async def test_what_had_to_wait_arrives_when_the_customer_writes_again(
    desk: WechatDesk, side: CustomerSide
) -> None:
    agent = await served(desk, side)
    before, said = len(await side.sees()), [f"进展 {number}" for number in range(1, 8)]
    for text in said:
        await agent.says(text)
        await desk.work()
    arrived = (await texts(side))[before:]
    assert arrived == said[: side.limit]
    await side.says("好的")
    await desk.work()
    assert (await texts(side))[before:] == said


async def test_a_conversation_of_the_page_goes_on_elsewhere_and_back(
    desk: WechatDesk, elsewhere: CustomerSide
) -> None:
    page = await web(desk)
    assert isinstance(page, WebSide)
    await page.says("网页上说的话")
    await elsewhere.says("别处说的话")
    await desk.work()
    code = (await ok(page.visitor.http.post("/api/v1/visitor/join-code"), 201))["code"]
    await elsewhere.says(code)
    await elsewhere.says("确认合并两边的对话")
    await desk.work()
    assert await elsewhere.conversation() == await page.conversation()
    await elsewhere.says("换到这里问")
    await desk.work()
    assert (await texts(elsewhere))[-1] == "换到这里问"
    assert (await texts(page))[-1] == "换到这里问"
    before = len(await elsewhere.sees())
    await page.says("回到网页")
    await desk.work()
    assert (await texts(page))[-1] == "回到网页"
    assert len(await elsewhere.sees()) == before
