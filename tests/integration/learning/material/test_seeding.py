"""Bundled lines: all at a first start, afterwards what is new; what people did stays."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from api.learning.material import seeding, snapshot
from api.learning.material.bundle import BundledLine, read_examples, read_lines
from api.settings import REPOSITORY
from classifier.data import read_table
from tests.support.material import AS_SEEDED, line_of, seeded_with
from tests.support.rig import Rig

NLU_DATA = REPOSITORY / "nlu_data"


def triage_rows(folder: Path) -> set[tuple[str, ...]]:
    tables = [read_table(path) for path in folder.glob("*.tsv")]
    return {
        tuple(" ".join(cell.split()) for cell in line.cells.values())
        for table in tables
        for line in table.lines
    }


def examples(folder: Path) -> set[tuple[str, str]]:
    return {pair for path in folder.glob("*.yml") for pair in read_examples(path)}


def words(folder: Path, pattern: str) -> set[str]:
    return {line for path in folder.glob(pattern) for line in path.read_text("utf-8").splitlines()}


async def test_a_new_desk_trains_on_exactly_the_bundled_lines(rig: Rig, tmp_path: Path) -> None:
    async with rig.database.transaction() as tx:
        taken = snapshot.write(tmp_path / "data", await snapshot.read(tx))
    data = tmp_path / "data"
    assert examples(data / "intents") == examples(NLU_DATA / "intents")
    for part in ("triage", "human"):
        assert triage_rows(data / part) == triage_rows(NLU_DATA / part)
    assert words(data / "lexicon", "products.txt") == words(NLU_DATA / "lexicon", "products.txt")
    assert words(data / "lexicon", "*.txt") == words(NLU_DATA / "lexicon", "*.txt")
    for path in (NLU_DATA / "held_out").iterdir():
        assert (data / "held_out" / path.name).read_bytes() == path.read_bytes()
    assert taken.data_counts["intent"] == len(examples(NLU_DATA / "intents"))
    assert taken.data_counts["triage"] == len(triage_rows(NLU_DATA / "triage"))
    assert taken.data_counts["faq"] == await rig.scalar(
        "SELECT (SELECT count(*) FROM knowledge_entry) + (SELECT count(*) FROM knowledge_question)"
    )


async def test_the_same_data_has_the_same_hash_whenever_it_was_added(
    rig: Rig, tmp_path: Path
) -> None:
    async with rig.database.transaction() as tx:
        material = await snapshot.read(tx)
        first = snapshot.write(tmp_path / "first", material)
        assert snapshot.write(tmp_path / "bundled", snapshot.bundled(material.entries)) == first
        await tx.execute(text("UPDATE training_line SET id = gen_random_uuid()"))
        again = snapshot.write(tmp_path / "again", await snapshot.read(tx))
        assert again == first
        await tx.execute(text("UPDATE training_line SET state = 'removed' WHERE text = '我要退货'"))
        other = snapshot.write(tmp_path / "other", await snapshot.read(tx))
    assert other.data_hash != first.data_hash
    assert other.data_counts["intent"] == first.data_counts["intent"] - 1


async def test_a_start_without_new_files_reads_no_lines(rig: Rig) -> None:
    async with rig.database.transaction() as tx:
        await tx.execute(text("DELETE FROM training_line"))
        assert await seeding.seed(tx) == 0


async def test_an_upgrade_adds_what_is_new_and_leaves_what_people_did(rig: Rig) -> None:
    old = read_lines()
    await line_of(rig, "intent", "我要退货", "request_return")
    admin = await rig.staff("admin")
    removed = await line_of(rig, "intent", "申请退款", "request_return")
    assert (await admin.post(f"/api/v1/learning/lines/{removed.id}/remove")).status_code == 200
    body = {"kind": "intent", "label": "thank", "texts": ["多亏有你们", "将来会有的一句"]}
    assert (await admin.post("/api/v1/learning/lines", json=body)).status_code == 200
    new = [
        *(it for it in old if it.kind != "intent" or it.text not in {"我要退货", "退货"}),
        BundledLine("intent", "request_exchange", "退货"),  # it has moved
        BundledLine("intent", "greet", "将来会有的一句"),  # staff were first
        BundledLine("intent", "greet", "全新的一句问候"),
    ]
    assert await seeded_with(rig, new) == 2
    rows = await rig.rows(
        "SELECT text, label, state FROM training_line WHERE kind = 'intent' AND text IN"
        " ('我要退货', '退货', '申请退款', '多亏有你们', '将来会有的一句', '全新的一句问候')"
    )
    assert {tuple(row) for row in rows} == {
        ("退货", "request_exchange", "active"),
        ("申请退款", "request_return", "removed"),
        ("多亏有你们", "thank", "active"),
        ("将来会有的一句", "thank", "active"),
        ("全新的一句问候", "greet", "active"),
    }
    assert await seeded_with(rig, AS_SEEDED) == 2
    assert (await line_of(rig, "intent", "退货")).label == "request_return"


async def test_titles_and_switches_of_intents_outlive_an_upgrade(rig: Rig) -> None:
    admin = await rig.staff("admin")
    wanted = {"version": 1, "title": "修东西", "active": False}
    changed = await admin.patch("/api/v1/learning/intents/request_repair", json=wanted)
    assert changed.status_code == 200
    await seeded_with(rig, AS_SEEDED)
    rows = await rig.rows("SELECT title, active FROM intent WHERE name = 'request_repair'")
    assert [tuple(row) for row in rows] == [("修东西", False)]
