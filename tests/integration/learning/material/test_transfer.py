"""Lines go out into files and come back in: all of a file or nothing of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.learning.material import transfer
from api.learning.material.transfer import Report
from tests.support.material import add
from tests.support.rig import Rig

RASA = """version: "3.1"
nlu:
- intent: faq/refund_time
  examples: |
    - 退款要几天
- intent: request_repair
  examples: |
    - 阳台推拉门修一下
    - 晾衣架[今天](date)能修吗
- synonym: 空调
  examples: |
    - 冷气机
- lookup: city
  examples: |
    - 杭州
"""


async def take_in(rig: Rig, *paths: Path, dry_run: bool = False) -> Report:
    async with rig.database.transaction() as tx:
        return await transfer.take_in(tx, None, paths, dry_run=dry_run)


async def lines(rig: Rig) -> int:
    return int(await rig.scalar("SELECT count(*) FROM training_line"))


async def test_what_goes_out_comes_back_in_unchanged(rig: Rig, tmp_path: Path) -> None:
    admin = await rig.staff("admin")
    await add(admin, "synonym", "空调", "冷气机")
    own = {
        "name": "opening_hours",
        "title": "问营业时间",
        "kind": "chitchat",
        "texts": ["每天都在。"],
        "examples": ["周日开门吗"],
    }
    assert (await admin.post("/api/v1/learning/intents", json=own)).status_code == 201
    async with rig.database.transaction() as tx:
        written = await transfer.export(tx, tmp_path)
    assert sum(written.values()) == await lines(rig)
    again = await take_in(rig, tmp_path)
    assert (again.added, again.problems) == ({}, [])
    assert again.known == again.rows == await lines(rig)
    await rig.rows("DELETE FROM training_line RETURNING id")
    await rig.rows("DELETE FROM intent WHERE name LIKE 'chat_%' RETURNING name")
    await rig.rows("DELETE FROM response_text RETURNING key")
    back = await take_in(rig, tmp_path)
    assert back.problems == []
    assert back.added["own_intent"] == 1
    # order numbers that are masked are the same line
    assert sum(back.added.values()) + back.known == again.rows + 1
    assert back.known < 30


async def test_a_rasa_file_is_taken_in_but_for_what_is_not_ours(rig: Rig, tmp_path: Path) -> None:
    path = tmp_path / "nlu.yml"
    path.write_text(RASA, "utf-8")
    before = await lines(rig)
    tried = await take_in(rig, path, dry_run=True)
    assert (tried.rows, tried.added) == (3, {"intent": 2, "synonym": 1})
    assert await lines(rig) == before
    done = await take_in(rig, path)
    assert (done.added, await lines(rig)) == (tried.added, before + 3)


async def test_one_line_that_cannot_be_stops_all_of_it_and_is_named(
    rig: Rig, tmp_path: Path
) -> None:
    nlu, triage = tmp_path / "nlu.yml", tmp_path / "triage.tsv"
    nlu.write_text(RASA.replace("[今天](date)", "[今天](day)") + "    - 上海\n", "utf-8")
    triage.write_text(
        "text\tcategory\tnature\n阳台漏水\taftersales\thelp\n灯不亮\tquality\twish\n", "utf-8"
    )
    before = await lines(rig)
    report = await take_in(rig, tmp_path)
    assert [(it.file, it.row, it.code, it.text) for it in report.problems] == [
        ("nlu.yml", 9, "unknown_entity", "晾衣架[今天](day)能修吗"),
        ("triage.tsv", 3, "unknown_label", "灯不亮"),
    ]
    assert await lines(rig) == before


@pytest.mark.parametrize(
    ("name", "content", "code", "detail"),
    [
        ("nlu.yml", "version: '3.1'\n# 退货\n".encode("gb18030"), "not_utf8", "line 2"),
        ("nlu.yml", b"nlu: [", "unreadable", ""),
        ("nlu.yml", b"- a\n- b\n", "unreadable", "no mapping"),
        ("a.tsv", b"question\tanswer\n1\t2\n", "unreadable", "columns question, answer"),
        ("a.tsv", b"text\tcategory\n1\t2\t3\n", "unreadable", "3 columns instead of 2"),
        ("own_intents.yml", b"own_intents: [{name: x}]\n", "unreadable", ""),
        (
            "own_intents.yml",
            b"own_intents: [{name: chat_x, kind: chitchat, title: x, texts: ['{order}']}]\n",
            "unreadable",
            "chat_x",
        ),
    ],
)
async def test_a_file_that_cannot_be_read_is_named(
    rig: Rig, tmp_path: Path, name: str, content: bytes, code: str, detail: str
) -> None:
    (tmp_path / name).write_bytes(content)
    report = await take_in(rig, tmp_path)
    (problem,) = report.problems
    assert (problem.file, problem.code) == (name, code)
    assert detail in problem.detail
