"""An agent at work in one conversation, whatever channel its customer is on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx

from tests.support.desk_work import ok
from tests.support.rig import Rig


@dataclass(frozen=True, slots=True)
class AgentSide:
    """The agent, and the address of the conversation."""

    http: httpx.AsyncClient
    path: str

    async def says(self, text: str, *file_ids: str) -> int:
        """Answer the customer; the message's `seq`."""
        body = {
            "text": text,
            "client_id": uuid4().hex,
            "force": True,
            "attachment_ids": list(file_ids),
        }
        return int((await ok(self.http.post(f"{self.path}/messages", json=body), 201))["seq"])

    async def sends_file(self, name: str, content: bytes) -> None:
        """Answer with a file."""
        sent = self.http.post(f"{self.path}/attachments", files={"file": (name, content)})
        await self.says("", (await ok(sent, 201))["id"])

    async def notes(self, text: str) -> None:
        """Write a note for colleagues."""
        body = {"text": text, "client_id": uuid4().hex}
        await ok(self.http.post(f"{self.path}/notes", json=body), 201)

    async def recalls(self, seq: int) -> None:
        """Take a message back."""
        await ok(self.http.post(f"{self.path}/messages/{seq}/recall"))

    async def closes(self) -> None:
        """End the conversation, with the form filled in."""
        await ok(self.http.post(f"{self.path}/close", json={"result": "resolved"}))

    async def shown(self) -> dict[str, Any]:
        """The conversation as staff see it."""
        return await ok(self.http.get(self.path))

    async def messages(self, author: str) -> list[dict[str, Any]]:
        """What somebody has said in it, oldest first."""
        found = await ok(self.http.get(f"{self.path}/messages"))
        return [each for each in found["messages"] if each["author"] == author]

    async def said(self, author: str) -> list[str]:
        """The words of it."""
        return [each["text"] for each in await self.messages(author)]


async def agent_at(rig: Rig, conversation_id: UUID) -> AgentSide:
    """Somebody of the staff who looks at a conversation, and has not taken it."""
    return AgentSide(await rig.staff(), f"/api/v1/conversations/{conversation_id}")


async def agent_with(rig: Rig, conversation_id: UUID) -> AgentSide:
    """An agent who has taken it."""
    agent = await agent_at(rig, conversation_id)
    await ok(agent.http.post(f"{agent.path}/take"))
    return agent
