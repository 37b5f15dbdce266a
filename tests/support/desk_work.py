"""Conversations as the tests of agents' work need them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx

from api.models import Staff, Team
from tests.support.rig import Rig, Visitor


def path_of(visitor: Visitor, action: str = "") -> str:
    """The address of the visitor's conversation, or of something in it."""
    return f"/api/v1/conversations/{visitor.conversation_id}{action}"


async def waiting_visitor(rig: Rig, text: str = "转人工") -> Visitor:
    """A customer who has written `text`, handled by the bot."""
    visitor = await rig.visitor()
    await visitor.say(text)
    await rig.run_turns()
    return visitor


async def taken_by(rig: Rig, agent: httpx.AsyncClient) -> Visitor:
    """A customer whose conversation `agent` has."""
    visitor = await waiting_visitor(rig)
    await ok(agent.post(path_of(visitor, "/take")))
    return visitor


async def ok(asked: Any, status: int = 200) -> dict[str, Any]:
    """The body of an answer that must be good."""
    answer = await asked
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json() if answer.content else {}
    return body


async def refused(asked: Any, status: int, code: str) -> dict[str, Any]:
    """The details of an answer that must be this refusal."""
    answer = await asked
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text
    details: dict[str, Any] = answer.json()["error"]["details"]
    return details


async def reply(
    agent: httpx.AsyncClient, visitor: Visitor, text: str, **more: Any
) -> httpx.Response:
    """An agent's reply."""
    body = {"text": text, "client_id": uuid4().hex, **more}
    return await agent.post(path_of(visitor, "/messages"), json=body)


async def note(
    agent: httpx.AsyncClient, visitor: Visitor, text: str, **more: Any
) -> httpx.Response:
    """A note among staff."""
    body = {"text": text, "client_id": uuid4().hex, **more}
    return await agent.post(path_of(visitor, "/notes"), json=body)


async def agent_of(rig: Rig, username: str, team: str | None) -> tuple[httpx.AsyncClient, str]:
    """One more agent, in a team of that name if given, signed in; and their id."""
    async with rig.database.transaction() as tx:
        made = Team(name=team) if team else None
        if made is not None:
            tx.add(made)
            await tx.flush()
        person = Staff(
            username=username,
            display_name=username,
            role="agent",
            password_hash="-",
            team_id=made.id if made else None,
        )
        tx.add(person)
        await tx.flush()
        staff_id = str(person.id)
    return await rig.staff(username), staff_id


async def id_of(rig: Rig, username: str) -> str:
    """The id of an account."""
    return str(await rig.scalar("SELECT id FROM staff WHERE username = :name", name=username))
