"""The columns of a file of entries, and how an entry is written in their cells.

| column | head | content |
|---|---|---|
| key | 编号 | stays the same for ever; empty: the entry with this standard question, or a new one |
| category | 业务 | key or name (norms §1) |
| question | 标准问题 | 1–200 characters |
| questions | 相似问题 | one a line, 500 at most; goes on in `questions_2` … |
| answer | 答案 | 1–4,000 characters, Markdown (`api.knowledge.markup`) |
| buttons | 按钮 | `title|text` a line, 5 at most |
| answer_web, answer_wechat, answer_wechat_kf | 网页答案 … | answers for single channels |
| task | 代办的事 | the intent that does what the entry explains, or its title |
| valid_from, valid_to | 生效时间, 失效时间 | `2026-11-21 09:00`, in the shop's time |
| owner | 负责人 | user name |
| review_on | 复核日期 | `2026-11-21` |
| active | 启用 | 是 or 否 |

`category`, `question` and `answer` must be there. A column that is not there leaves what an entry
has; an empty cell clears it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from api.ids import SHOP_TIME
from api.knowledge.changes import is_category, is_task
from api.knowledge.content import KEY, EntryContent, content_as_raw
from api.knowledge.transfer.shapes import Problem, Row, Value
from api.knowledge.transfer.words import NO, YES, category_of, task_of

REQUIRED = ("category", "question", "answer")
_VARIANT = "answer_"
_DATE = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(.*)$", re.DOTALL)
_BUTTON = re.compile(r"^((?:\\.|[^\\|])*)\|(.*)$", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)")
_CODES = {"too_short": "empty", "string_too_short": "empty", "missing": "empty"} | {
    "too_long": "too_long",
    "string_too_long": "too_long",
}


def cells_of(key: str, content: EntryContent, owners: Mapping[UUID, str]) -> dict[str, str]:
    """An entry as the text of its cells; `owners` are user names by id."""
    cells = {
        "key": key,
        "category": content.category,
        "question": content.question,
        "questions": "\n".join(content.questions),
        "answer": content.answer,
        "buttons": "\n".join(f"{_escaped(b.title)}|{b.text}" for b in content.buttons),
        "task": content.task or "",
        "valid_from": _moment(content.valid_from),
        "valid_to": _moment(content.valid_to),
        "owner": owners.get(content.owner_id, "") if content.owner_id else "",
        "review_on": content.review_on.isoformat() if content.review_on else "",
        "active": "是" if content.active else "否",
    }
    for channel in ("web", "wechat", "wechat_kf"):
        cells[_VARIANT + channel] = content.variants.get(channel, "")
    return cells


def content_of_row(
    row: Row, before: EntryContent | None, owners: Mapping[str, UUID]
) -> tuple[EntryContent | None, list[Problem]]:
    """What a row says, over what the entry said before; None with the problems of its cells.

    `owners` are ids by user name.
    """
    cells, found = row.cells, _Reader(row)
    raw: dict[str, Any] = content_as_raw(before) if before else {}
    raw |= {name: cells[name] for name in ("question", "answer") if name in cells}
    if "category" in cells:
        raw["category"] = found.category(cells["category"])
    if "questions" in cells:
        raw["questions"] = [line for line in cells["questions"].splitlines() if line.strip()]
    if "buttons" in cells:
        raw["buttons"] = [_button(line) for line in cells["buttons"].splitlines() if line.strip()]
    raw["variants"] = dict(raw.get("variants", {}))
    for name in cells.keys() & {_VARIANT + each for each in ("web", "wechat", "wechat_kf")}:
        raw["variants"].pop(name.removeprefix(_VARIANT), None)
        if cells[name].strip():
            raw["variants"][name.removeprefix(_VARIANT)] = cells[name]
    if "task" in cells:
        raw["task"] = found.task(cells["task"], before)
    for name in cells.keys() & {"valid_from", "valid_to"}:
        raw[name] = found.moment(name, cells[name])
    if "review_on" in cells:
        day = found.moment("review_on", cells["review_on"])
        raw["review_on"] = day.date() if day else None
    if "owner" in cells:
        raw["owner_id"] = found.owner(cells["owner"].strip(), owners)
    if "active" in cells:
        raw["active"] = found.yes(cells["active"])
    if cells.get("key") and not re.fullmatch(KEY, cells["key"].strip()):
        found.bad("key", "bad_key")
    return found.content(raw)


class _Reader:
    """Reads the cells of one row and keeps what is wrong with them."""

    def __init__(self, row: Row) -> None:
        self._row = row
        self.problems: list[Problem] = []

    def bad(self, column: str, code: str, **values: Value) -> None:
        """Note a problem; one a column is enough."""
        if all(each.column != column for each in self.problems):
            problem = Problem(row=self._row.number, column=column, code=code, values=values)
            self.problems.append(problem)

    def category(self, text: str) -> str:
        key = category_of(text)
        if not key:
            self.bad("category", "empty")
        elif not is_category(key):
            self.bad("category", "unknown_category", value=key[:40])
        return key or "-"

    def task(self, text: str, before: EntryContent | None) -> str | None:
        name = task_of(text)
        if name and not is_task(name) and (before is None or before.task != name):
            self.bad("task", "unknown_task", value=name[:40])
        return name or None

    def owner(self, name: str, owners: Mapping[str, UUID]) -> UUID | None:
        if name and name not in owners:
            self.bad("owner", "unknown_owner", value=name[:40])
        return owners.get(name)

    def yes(self, text: str) -> bool:
        word = text.strip().lower()
        if word not in YES | NO:
            self.bad("active", "bad_value", value=word[:40])
        return word not in NO

    def moment(self, column: str, text: str) -> datetime | None:
        """A moment; without a zone in the shop's time."""
        if not text.strip():
            return None
        found = _DATE.match(text.strip())
        if found is not None:
            year, month, day, rest = found.groups()
            try:
                moment = datetime.fromisoformat(f"{year}-{month:0>2}-{day:0>2}{rest}")
            except ValueError:
                moment = None
            if moment is not None:
                return moment if moment.tzinfo else moment.replace(tzinfo=SHOP_TIME)
        self.bad(column, "bad_date", value=text.strip()[:40])
        return None

    def content(self, raw: dict[str, Any]) -> tuple[EntryContent | None, list[Problem]]:
        try:
            content = EntryContent.model_validate(raw)
        except ValidationError as error:
            for each in error.errors():
                where = [str(part) for part in each["loc"]] or ["valid_to"]
                column = _VARIANT + where[1] if where[0] == "variants" else where[0]
                self.bad(column, _CODES.get(each["type"], "bad_value"), value="")
            return None, self.problems
        return (None if self.problems else content), self.problems


def _button(line: str) -> dict[str, str]:
    found = _BUTTON.match(line)
    if found is None:
        return {"title": line, "text": line}
    return {"title": _ESCAPED.sub(r"\1", found[1]), "text": found[2]}


def _escaped(title: str) -> str:
    return title.replace("\\", "\\\\").replace("|", "\\|")


def _moment(moment: datetime | None) -> str:
    if moment is None:
        return ""
    return moment.astimezone(SHOP_TIME).replace(tzinfo=None).isoformat(" ")
