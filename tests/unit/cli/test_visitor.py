"""A simulated customer against a desk of a few lines that misbehaves on demand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosedError
from websockets.frames import Close

from cli.replay import visitor as module
from cli.replay.player import DeskUnreachable, Replay
from cli.replay.recording import Session
from cli.replay.visitor import TurnFailed, Visitor, is_local

Frame = dict[str, Any]


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE_SECONDS", 0.001)
    monkeypatch.setattr(module, "QUIET_SECONDS", 0.01)


class Desk:
    """Stores messages and answers each at once; `script` says what a connection does instead."""

    def __init__(self) -> None:
        self.messages: list[Frame] = []
        self.pending: list[str] = []
        self.received: list[Frame] = []
        self.connections: list[Line] = []
        self.script: list[Callable[[Line, Frame], bool]] = []
        """One entry a received message; it returns whether the desk goes on as usual."""

    async def connect(self, _url: str) -> Line:
        line = Line(self)
        self.connections.append(line)
        return line

    def http(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(201, json={"token": "t", "conversation_id": "c"})
        return httpx.Response(200, json=self.state(int(request.url.params["after"])))

    def state(self, after: int) -> Frame:
        new = [message for message in self.messages if message["seq"] > after]
        return {"messages": new, "pending": self.pending, "next": 0, "conversation": {}}

    def store(self, author: str, **content: object) -> Frame:
        message = {"author": author, "seq": len(self.messages) + 1, "reply_to": None, **content}
        message["id"] = f"m{message['seq']}"
        self.messages.append(message)
        return message

    def accept(self, frame: Frame) -> Frame:
        for message in self.messages:
            if message.get("client_id") == frame["client_id"]:
                return message
        stored = self.store("customer", client_id=frame["client_id"])
        self.pending.append(stored["id"])
        return stored

    def handle(self, stored: Frame) -> Frame:
        if stored["id"] in self.pending:
            self.pending.remove(stored["id"])
        return self.store("bot", reply_to=stored["id"])


class Line:
    """One connection."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._frames: asyncio.Queue[Frame | Exception] = asyncio.Queue()

    async def send(self, message: str, /) -> None:
        frame = json.loads(message)
        self._desk.received.append(frame)
        if frame["type"] == "auth":
            self.push({"type": "ready", **self._desk.state(frame["after"])})
            return
        step = self._desk.script.pop(0) if self._desk.script else None
        if step is None or step(self, frame):
            stored = self._desk.accept(frame)
            self.accepted(stored)
            self.push({"type": "message", "message": self._desk.handle(stored)})
            self.push({"type": "handled", "message_id": stored["id"], "outcome": "faq"})

    async def recv(self) -> str:
        frame = await self._frames.get()
        if isinstance(frame, Exception):
            raise frame
        return json.dumps(frame)

    async def close(self) -> None:
        pass

    def push(self, frame: Frame) -> None:
        self._frames.put_nowait(frame)

    def accepted(self, stored: Frame) -> None:
        self.push(
            {
                "type": "accepted",
                "client_id": stored["client_id"],
                "id": stored["id"],
                "seq": stored["seq"],
                "duplicate": False,
            }
        )

    def refuse(self, code: str, frame: Frame) -> None:
        self.push({"type": "error", "error": {"code": code}, "client_id": frame["client_id"]})

    def cut(self, code: int = 1011) -> None:
        self._frames.put_nowait(ConnectionClosedError(Close(code, ""), None))


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def visitor(desk: Desk) -> Visitor:
    http = httpx.AsyncClient(transport=httpx.MockTransport(desk.http))
    visitor = Visitor("http://desk", http, 0.5, desk.connect)
    await visitor.open()
    return visitor


def texts_sent(desk: Desk) -> list[str]:
    return [frame["text"] for frame in desk.received if frame["type"] == "message"]


async def test_a_turn_is_over_when_the_desk_says_so(visitor: Visitor) -> None:
    turn = await visitor.say("你好")
    assert turn.handled
    assert turn.outcome == "faq"
    assert turn.accept_seconds is not None
    assert turn.answer_seconds is not None


async def test_one_connection_serves_all_turns(desk: Desk, visitor: Visitor) -> None:
    for text in ("一", "二", "三"):
        await visitor.say(text)
    assert texts_sent(desk) == ["一", "二", "三"]
    assert len(desk.connections) == 1


async def test_a_cut_before_acceptance_sends_the_same_message_again(
    desk: Desk, visitor: Visitor
) -> None:
    def cut(line: Line, _frame: Frame) -> bool:
        line.cut()
        return False

    desk.script = [cut]
    assert (await visitor.say("你好")).outcome == "faq"
    sent = [frame for frame in desk.received if frame["type"] == "message"]
    assert len(sent) == 2
    assert sent[0] == sent[1]


async def test_a_cut_after_acceptance_never_sends_again(desk: Desk, visitor: Visitor) -> None:
    def accept_and_cut(line: Line, frame: Frame) -> bool:
        stored = desk.accept(frame)
        line.accepted(stored)
        line.cut()
        desk.handle(stored)
        return False

    desk.script = [accept_and_cut]
    turn = await visitor.say("你好")
    assert turn.handled
    assert texts_sent(desk) == ["你好"]


async def test_a_message_stored_without_a_word_is_not_stored_twice(
    desk: Desk, visitor: Visitor
) -> None:
    def store_and_cut(line: Line, frame: Frame) -> bool:
        desk.handle(desk.accept(frame))
        line.cut()
        return False

    desk.script = [store_and_cut]
    assert (await visitor.say("你好")).handled
    assert [m["author"] for m in desk.messages] == ["customer", "bot"]


async def test_after_a_cut_only_what_is_new_is_asked_for(desk: Desk, visitor: Visitor) -> None:
    await visitor.say("一")

    def cut(line: Line, _frame: Frame) -> bool:
        line.cut()
        return False

    desk.script = [cut]
    await visitor.say("二")
    assert [frame["after"] for frame in desk.received if frame["type"] == "auth"] == [0, 2]


async def test_a_lost_word_that_the_turn_is_over_is_asked_for(desk: Desk, visitor: Visitor) -> None:
    def forget(line: Line, frame: Frame) -> bool:
        stored = desk.accept(frame)
        line.accepted(stored)
        desk.handle(stored)
        return False

    desk.script = [forget]
    turn = await visitor.say("你好")
    assert turn.handled
    assert turn.outcome is None
    assert turn.answered is not None


async def test_a_desk_that_asks_for_patience_gets_it(desk: Desk, visitor: Visitor) -> None:
    def busy(line: Line, frame: Frame) -> bool:
        line.refuse("unavailable", frame)
        return False

    desk.script = [busy, busy]
    assert (await visitor.say("你好")).outcome == "faq"
    assert len(desk.connections) == 1


async def test_a_refused_message_fails_at_once_and_the_next_goes_on(
    desk: Desk, visitor: Visitor
) -> None:
    def refuse(line: Line, frame: Frame) -> bool:
        line.refuse("text_too_long", frame)
        return False

    desk.script = [refuse]
    with pytest.raises(TurnFailed, match="text_too_long"):
        await visitor.say("很长")
    assert (await visitor.say("你好")).outcome == "faq"


async def test_a_turn_that_never_ends_fails_at_its_deadline(desk: Desk, visitor: Visitor) -> None:
    def accept_only(line: Line, frame: Frame) -> bool:
        line.accepted(desk.accept(frame))
        return False

    desk.script = [accept_only]
    with pytest.raises(TurnFailed, match="timeout"):
        await visitor.say("你好")


async def test_a_late_word_about_an_earlier_turn_is_not_an_answer(
    desk: Desk, visitor: Visitor
) -> None:
    def late(line: Line, frame: Frame) -> bool:
        stored = desk.accept(frame)
        line.accepted(stored)
        line.push({"type": "message", "message": {**desk.store("bot"), "reply_to": "earlier"}})
        return False

    desk.script = [late]
    with pytest.raises(TurnFailed, match="timeout"):
        await visitor.say("你好")


async def test_an_expired_token_is_not_tried_again(desk: Desk, visitor: Visitor) -> None:
    def expire(line: Line, _frame: Frame) -> bool:
        line.cut(module.TOKEN_WRONG)
        return False

    desk.script = [expire]
    with pytest.raises(TurnFailed, match="session_expired"):
        await visitor.say("你好")


async def test_a_frame_nobody_understands_fails_the_turn(desk: Desk, visitor: Visitor) -> None:
    def nonsense(line: Line, _frame: Frame) -> bool:
        line.push({"kind": "?"})
        return False

    desk.script = [nonsense]
    with pytest.raises(TurnFailed, match="unreadable_frame"):
        await visitor.say("你好")


async def test_opening_is_tried_again_while_the_desk_restarts() -> None:
    answers = [httpx.Response(503), httpx.ConnectError("refused"), httpx.Response(429)]

    def http(_request: httpx.Request) -> httpx.Response:
        if not answers:
            return httpx.Response(201, json={"token": "t", "conversation_id": "c"})
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    client = httpx.AsyncClient(transport=httpx.MockTransport(http))
    visitor = Visitor("http://desk", client, 1)
    await visitor.open()
    assert visitor.conversation_id == "c"


async def test_opening_gives_up_at_its_deadline() -> None:
    client = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(503)))
    with pytest.raises(TurnFailed, match="session"):
        await Visitor("http://desk", client, 0.05).open()


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://localhost", True),
        ("http://[::1]:8000", True),
        ("https://desk.example", False),
        ("http://10.0.0.1", False),
    ],
)
def test_no_proxy_is_asked_for_this_machine(url: str, local: bool) -> None:
    assert is_local(url) is local


def rehearsal(desk: Desk) -> Replay:
    """A replay against a desk in memory."""
    return Replay("http://desk", 2, 0.2, desk.connect, httpx.MockTransport(desk.http))


async def test_every_session_is_played_and_failed_turns_are_counted(desk: Desk) -> None:
    def refuse(line: Line, frame: Frame) -> bool:
        line.refuse("text_too_long", frame)
        return False

    desk.script = [refuse]
    seen: list[None] = []
    sessions = [Session("a", ("一", "二")), Session("b", ("三",)), Session("c", ("四",))]
    played = await rehearsal(desk).play(sessions, lambda: seen.append(None))
    assert len(played.turns) == 3
    assert played.errors == {"text_too_long": 1}
    assert played.outcomes == {"faq": 3}
    assert played.conversation_ids == ["c", "c", "c"]
    assert len(seen) == 4


async def test_a_session_that_cannot_be_opened_counts_all_its_turns(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "http", lambda _request: httpx.Response(404))
    played = await rehearsal(desk).play([Session("a", ("一", "二"))])
    assert played.errors == {"http_404": 2}


async def test_a_desk_that_does_not_answer_is_unreachable(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.replay.player.FIRST_CONTACT_SECONDS", 0)
    monkeypatch.setattr(desk, "http", lambda _request: httpx.Response(502))
    with pytest.raises(DeskUnreachable, match="HTTP 502"):
        await rehearsal(desk).check()
