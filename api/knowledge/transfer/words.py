"""What columns and fixed values are called in a file; written in one language, read in any."""

from __future__ import annotations

import re
from collections.abc import Mapping

from api.i18n import LANGUAGES, texts
from classifier.labels import LABELS, label_name

HEADS: Mapping[str, str] = {
    "key": "编号",
    "category": "业务",
    "question": "标准问题",
    "questions": "相似问题",
    "answer": "答案",
    "buttons": "按钮",
    "answer_web": "网页答案",
    "answer_wechat": "微信答案",
    "answer_wechat_kf": "微信客服答案",
    "task": "代办的事",
    "valid_from": "生效时间",
    "valid_to": "失效时间",
    "owner": "负责人",
    "review_on": "复核日期",
    "active": "启用",
}
_EARLIER = {"分类": "category", "公众号答案": "answer_wechat", "任务": "task"}
"""Heads of files that were written before."""
_HEAD_NAMES = _EARLIER | {name.lower(): key for key, head in HEADS.items() for name in (key, head)}
_MORE = re.compile(r"^(questions|相似问题)[_ ]?\d+$")
_CATEGORIES = {
    name.lower(): key for key, names in LABELS["category"].items() for name in (key, *names)
}
_INTENT = "intent."
_TASKS = {
    text.lower(): name.removeprefix(_INTENT)
    for language in LANGUAGES
    for name, text in texts(language).items()
    if name.startswith(_INTENT)
}
YES = frozenset({"", "是", "1", "true", "yes", "y"})
NO = frozenset({"否", "0", "false", "no", "n"})


def column_of(head: str) -> str | None:
    """The column a head names, in either language; None for an unknown one."""
    wanted = head.strip().lower()
    return "questions" if _MORE.match(wanted) else _HEAD_NAMES.get(wanted)


def head_of(column: str, language: str) -> str:
    """What a column is called."""
    return HEADS.get(column, column) if language == "zh" else column


def category_of(text: str) -> str:
    """The key of a category by its key or name; `text` when there is none."""
    return _CATEGORIES.get(text.strip().lower(), text.strip())


def task_of(text: str) -> str:
    """The intent of a task by its name or title; `text` when there is none."""
    return _TASKS.get(text.strip().lower(), text.strip())


def in_words(cells: Mapping[str, str], language: str) -> dict[str, str]:
    """The cells of an entry with names in place of keys, for people."""
    category, task = cells["category"], cells["task"]
    named = {
        "category": label_name("category", category, language),
        "task": texts(language).get(_INTENT + task, task),
    }
    if language != "zh":
        named["active"] = "yes" if cells["active"] in YES else "no"
    return {**cells, **named}
