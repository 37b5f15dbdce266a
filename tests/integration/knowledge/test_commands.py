"""`fenzhen export` and `fenzhen import` on a desk's database."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.errors import Refused
from cli.transfer import work
from cli.transfer.report import taken_in_data
from tests.support.rig import Rig


def follow(done: float, what: str) -> None:
    assert 0 <= done <= 1, what


async def test_a_folder_holds_everything_and_comes_in_again_unchanged(
    rig: Rig, tmp_path: Path
) -> None:
    done = await work.export(rig.desk.settings, tmp_path / "all")
    assert done.entries == await rig.scalar("SELECT count(*) FROM knowledge_entry")
    assert (tmp_path / "all" / "knowledge.yml").is_file()
    taken = await work.take_in(rig.desk.settings, tmp_path / "all", follow, dry_run=False)
    report = taken.entries["knowledge.yml"]
    assert (report.unchanged, report.problems, taken.refused) == (done.entries, [], False)
    assert taken.lines is not None
    assert (taken.lines.rows, taken.lines.added) == (sum(done.lines.values()), {})


async def test_a_bad_file_is_reported_and_changes_nothing(rig: Rig, tmp_path: Path) -> None:
    path = tmp_path / "faq.csv"
    path.write_text("分类,标准问题,答案\nrefund,怎么飞,飞\nnowhere,=1,x\n", "utf-8")
    taken = await work.take_in(rig.desk.settings, path, follow, dry_run=False)
    data = taken_in_data(taken, dry_run=False)
    assert data["refused"]
    problems = data["entries"]["faq.csv"]["problems"]
    assert {each["code"] for each in problems} == {"formula", "unknown_category"}
    assert await rig.scalar("SELECT count(*) FROM knowledge_entry WHERE question = '怎么飞'") == 0


async def test_what_is_no_file_of_ours_is_refused(rig: Rig, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        await work.export(rig.desk.settings, tmp_path / "all.docx")
    with pytest.raises(Refused):
        await work.take_in(rig.desk.settings, tmp_path / "nothing.csv", follow, dry_run=True)
