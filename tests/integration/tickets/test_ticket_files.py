"""Files: taken by their content, opened by who may, thrown away when nobody used them."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import insert

from api.attachments import pruning, service
from api.conversations import repository
from api.conversations.service import append
from api.errors import NotFound
from api.models import Attachment, Message
from tests.support import files
from tests.support.locking import while_waiting
from tests.support.rig import Rig
from tests.support.ticketing import Opener, Person, person, team

LARGEST = 10 * 1024 * 1024


def path_of(ticket: dict[str, Any]) -> str:
    return f"/api/v1/tickets/{ticket['number']}/attachments"


async def send(http: httpx.AsyncClient, path: str, name: str, content: bytes) -> httpx.Response:
    return await http.post(path, files={"file": (name, content, "image/png")})


def stored(rig: Rig) -> list[Path]:
    return [each for each in rig.desk.settings.files.rglob("*") if each.is_file()]


async def test_a_file_of_a_ticket_is_kept_outside_the_web_and_opened_safely(
    rig: Rig, agent: Person, open_: Opener
) -> None:
    ticket = await open_()
    answer = await send(agent.http, path_of(ticket), "../<b>照片</b>.PNG", files.PNG)
    assert answer.status_code == 201, answer.text
    kept = answer.json()
    assert (kept["name"], kept["media_type"]) == ("b>.PNG", "image/png")
    assert kept["size"] == len(files.PNG)
    (path,) = stored(rig)
    assert path.stat().st_mode & 0o777 == 0o600
    assert (await agent.get(f"/{ticket['number']}"))["attachments"] == [kept]
    opened = await agent.http.get(f"/api/v1/attachments/{kept['id']}")
    assert opened.content == files.PNG
    assert opened.headers["content-type"] == "image/png"
    assert opened.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in opened.headers["content-security-policy"]
    assert opened.headers["content-disposition"].startswith("inline;")
    document = (await send(agent.http, path_of(ticket), "发票.pdf", files.PDF)).json()
    saved = await agent.http.get(f"/api/v1/attachments/{document['id']}")
    assert saved.headers["content-disposition"].startswith("attachment;")
    nobody = await rig.client()
    assert (await nobody.get(f"/api/v1/attachments/{kept['id']}")).status_code == 401


REFUSED = [
    ("照片.png", files.EXE, 415, "file_not_allowed"),
    ("照片.png", files.PDF, 415, "file_not_allowed"),
    ("照片.png", b"<html><script>alert(1)</script>", 415, "file_not_allowed"),
    ("图.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "file_not_allowed"),
    ("run.sh", b"#!/bin/sh\n", 415, "file_not_allowed"),
    ("run.txt", b"#!/bin/sh\n", 415, "file_not_allowed"),
    (
        "发票.docx",
        files.office("word/document.xml", "word/vbaProject.bin"),
        415,
        "file_not_allowed",
    ),
    ("照片.png.exe", files.PNG, 415, "file_not_allowed"),
    ("照片.png", b"", 422, "empty_file"),
    ("大.txt", b"a" * (LARGEST + 1), 413, "file_too_large"),
    ("大.txt", b"a" * (LARGEST + 100_000), 413, "body_too_large"),
]


async def test_what_the_desk_does_not_take_is_refused_and_leaves_nothing(
    rig: Rig, agent: Person, open_: Opener
) -> None:
    ticket = await open_()
    for name, content, status, code in REFUSED:
        answer = await send(agent.http, path_of(ticket), name, content)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), name
    assert await rig.scalar("SELECT count(*) FROM attachment") == 0
    assert stored(rig) == []
    assert (await agent.get(f"/{ticket['number']}"))["attachments"] == []
    exact = await send(agent.http, path_of(ticket), "大.txt", b"a" * LARGEST)
    assert exact.status_code == 201


async def test_other_bodies_stay_small_and_broken_forms_are_refused(
    agent: Person, open_: Opener
) -> None:
    ticket = await open_()
    large = {"text": "长" * 60_000}
    assert await agent.refused(f"/{ticket['number']}/notes", large) == (413, "body_too_large")
    for content, kind in (
        (b"--x\r\nnothing", "multipart/form-data; boundary=x"),
        (b"\xff\xfe", "multipart/form-data"),
        (b"file=abc", "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
    ):
        answer = await agent.http.post(
            path_of(ticket), content=content, headers={"Content-Type": kind}
        )
        assert answer.status_code in (400, 422), (kind, answer.text)


async def test_another_teams_file_is_not_there(rig: Rig, open_: Opener) -> None:
    ours, theirs = await team(rig, "一组"), await team(rig, "二组")
    one, two = await person(rig, "one", ours), await person(rig, "two", theirs)
    ticket = await open_(one, team_id=str(ours))
    kept = (await send(one.http, path_of(ticket), "a.png", files.PNG)).json()
    assert (await two.http.get(f"/api/v1/attachments/{kept['id']}")).status_code == 404
    assert (await send(two.http, path_of(ticket), "a.png", files.PNG)).status_code == 404
    assert (await one.http.get(f"/api/v1/attachments/{uuid4()}")).status_code == 404


async def test_a_visitor_sees_only_files_of_the_own_conversation(rig: Rig, agent: Person) -> None:
    one, two = await rig.visitor(), await rig.visitor()
    mine = (await send(one.http, "/api/v1/visitor/attachments", "a.png", files.PNG)).json()
    where = f"/api/v1/visitor/attachments/{mine['id']}"
    assert (await one.http.get(where)).content == files.PNG
    assert (await two.http.get(where)).status_code == 404
    assert (await agent.http.get(f"/api/v1/attachments/{mine['id']}")).content == files.PNG
    nobody = await rig.client()
    refused = await send(nobody, "/api/v1/visitor/attachments", "a.png", files.PNG)
    assert refused.status_code == 401


async def test_a_file_of_an_agent_reaches_the_customer_with_its_message(
    rig: Rig, agent: Person
) -> None:
    visitor = await rig.visitor()
    path = f"/api/v1/conversations/{visitor.conversation_id}/attachments"
    sent = (await send(agent.http, path, "说明.pdf", files.PDF)).json()
    where = f"/api/v1/visitor/attachments/{sent['id']}"
    assert (await visitor.http.get(where)).status_code == 404
    message = await say(rig, visitor.conversation_id, agent.id, [UUID(sent["id"])])
    assert (await visitor.http.get(where)).content == files.PDF
    async with rig.database.transaction() as tx:
        shown = await service.of_messages(tx, [message.id])
    assert [each.name for each in shown[message.id]] == ["说明.pdf"]
    with pytest.raises(NotFound):
        await say(rig, visitor.conversation_id, agent.id, [UUID(sent["id"])])
    private = (await send(agent.http, path, "内部.pdf", files.PDF)).json()
    await say(rig, visitor.conversation_id, agent.id, [UUID(private["id"])], private=True)
    hidden = await visitor.http.get(f"/api/v1/visitor/attachments/{private['id']}")
    assert hidden.status_code == 404


async def say(
    rig: Rig, conversation_id: UUID, staff_id: UUID, ids: list[UUID], private: bool = False
) -> Message:
    async with rig.database.transaction() as tx:
        conversation = await repository.lock(tx, conversation_id)
        message = append(tx, conversation, author="agent", text="请看附件", staff_id=staff_id)
        message.private = private
        await tx.flush()
        await service.attach_to_message(tx, message, ids, staff_id)
        return message


async def test_unused_files_go_after_a_day_and_used_ones_stay(
    rig: Rig, agent: Person, open_: Opener
) -> None:
    visitor, ticket = await rig.visitor(), await open_()
    path = "/api/v1/visitor/attachments"
    assert (await send(visitor.http, path, "丢.pdf", files.PDF)).status_code == 201
    assert (await send(visitor.http, path, "同.png", files.PNG)).status_code == 201
    assert (await send(agent.http, path_of(ticket), "同.png", files.PNG)).status_code == 201
    leftover = rig.desk.settings.files / "00" / ".new-abc"
    leftover.parent.mkdir(exist_ok=True)
    leftover.write_bytes(b"cut off")
    assert await pruning.prune(rig.database, rig.desk.settings) == 0
    assert len(stored(rig)) == 3

    await rig.rows("UPDATE attachment SET created_at = now() - interval '25 h' RETURNING id")
    for each in stored(rig):
        before = each.stat().st_mtime - timedelta(hours=25).total_seconds()
        os.utime(each, (before, before))
    assert await pruning.prune(rig.database, rig.desk.settings) == 2
    assert [each.read_bytes() for each in stored(rig)] == [files.PNG]
    names = await rig.rows("SELECT name, ticket_id IS NOT NULL FROM attachment")
    assert [tuple(row) for row in names] == [("同.png", True)]


async def test_a_customer_does_not_fill_the_disk(rig: Rig) -> None:
    visitor = await rig.visitor()
    path = "/api/v1/visitor/attachments"
    await rig.rows(
        "INSERT INTO attachment (id, conversation_id, name, media_type, size, sha256, created_at)"
        " SELECT gen_random_uuid(), :conversation, 'a.png', 'image/png', 1, 'x', now()"
        " FROM generate_series(1, :count) RETURNING id",
        conversation=visitor.conversation_id,
        count=service.MOST_A_DAY - 1,
    )
    statuses = [(await send(visitor.http, path, "a.png", files.PNG)).status_code for _ in range(2)]
    assert statuses == [201, 429]


async def test_a_file_is_looked_at_and_written_while_its_conversation_is_at_work(
    rig: Rig,
) -> None:
    visitor = await rig.visitor()
    upload = send(visitor.http, "/api/v1/visitor/attachments", "a.png", files.PNG)
    async with rig.database.transaction() as tx:
        await repository.lock(tx, visitor.conversation_id)
        async with while_waiting(rig, upload) as sending:
            assert [each.read_bytes() for each in stored(rig)] == [files.PNG]
            await tx.commit()
            assert (await sending).status_code == 201


async def test_a_refused_customer_leaves_nothing_on_disk(rig: Rig) -> None:
    visitor = await rig.visitor()
    async with rig.database.transaction() as tx:
        await tx.execute(
            insert(Attachment),
            [
                {
                    "conversation_id": visitor.conversation_id,
                    "name": "a.png",
                    "media_type": "image/png",
                    "size": 1,
                    "sha256": "0",
                }
                for _ in range(service.MOST_A_DAY)
            ],
        )
    refused = await send(visitor.http, "/api/v1/visitor/attachments", "a.png", files.PNG)
    assert (refused.status_code, stored(rig)) == (429, [])
