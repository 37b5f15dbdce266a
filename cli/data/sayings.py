"""What people say in the invented data: the project's own examples, varied."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

import yaml

from api.commerce.demo_people import people

_OPENINGS = ("你好，", "您好，", "请问", "在吗？", "麻烦问下，", "那个，", "急，", "又来了，")
_ENDINGS = ("，谢谢", "，麻烦了", "，在线等", "，帮忙看下", "啊", "呢", "，尽快吧", "？？")
_SHARES = {
    "refund": 20,
    "logistics": 20,
    "order": 14,
    "aftersales": 8,
    "product": 8,
    "quality": 7,
    "payment": 5,
    "invoice": 5,
    "promotion": 5,
    "account": 4,
    "service": 3,
    "other": 1,
}
"""How often a business line is asked for."""
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英建文华玲宇浩欣怡梓涵子轩雨晨思远若曦"


@dataclass(frozen=True, slots=True)
class Saying:
    """A customer's sentence with its labels."""

    text: str
    category: str
    nature: str
    impact: int
    urgency: int
    sentiment: str
    anger: bool


class Sayings:
    """Sentences drawn with one seed: the same seed gives the same ones."""

    def __init__(self, folder: Path, random: Random) -> None:
        self._folder = folder
        self._random = random
        self._categories = list(_SHARES)
        self._weights = list(_SHARES.values())

    def category(self) -> str:
        """A business line."""
        return self._random.choices(self._categories, self._weights)[0]

    def customer(self, category: str) -> Saying:
        """A sentence of somebody who asks about `category`."""
        return self._random.choice(_asked(self._folder)[category])

    def varied(self, text: str, order: str | None) -> str:
        """`text` as somebody else would type it, now and then with an order number."""
        draw = self._random.random
        if draw() < 0.3:
            text = self._random.choice(_OPENINGS) + text
        if draw() < 0.3:
            text = text.rstrip("。？！?!") + self._random.choice(_ENDINGS)
        return f"{text} 订单号{order}" if order is not None and draw() < 0.3 else text

    def bot(self, category: str) -> str:
        """An answer of the knowledge base."""
        return self._random.choice(_answers(self._folder)[category])

    def agent(self, category: str) -> str:
        """What an agent writes: a ready reply, or a line of an answer."""
        if self._random.random() < 0.5:
            return self._random.choice(_replies())
        lines = self._random.choice(_answers(self._folder)[category]).splitlines()
        return "好的，" + self._random.choice(lines).lstrip("0123456789.、 ")

    def name(self) -> str:
        """Of a customer or an agent."""
        surname = self._random.choice(people().surnames)
        if self._random.random() < 0.3:
            return surname + self._random.choice(people().forms_of_address)
        return surname + "".join(self._random.choices(_GIVEN, k=self._random.choice((1, 2, 2))))


@cache
def _asked(folder: Path) -> dict[str, list[Saying]]:
    found: dict[str, list[Saying]] = {category: [] for category in _SHARES}
    for path in sorted((folder / "triage").glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                found[row["category"]].append(
                    Saying(
                        row["text"],
                        row["category"],
                        row["nature"],
                        int(row["impact"]),
                        int(row["urgency"]),
                        row["sentiment"],
                        row["anger"] == "1",
                    )
                )
    return found


@cache
def _answers(folder: Path) -> dict[str, list[str]]:
    found = {}
    for path in sorted((folder / "faq").glob("*.yml")):
        topic = yaml.safe_load(path.read_text(encoding="utf-8"))
        found[topic["category"]] = [entry["answer"].strip() for entry in topic["entries"]]
    return found


@cache
def _replies() -> list[str]:
    path = Path(__file__).parents[2] / "api" / "desk_tools" / "canned.yml"
    replies = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [reply["text"] for reply in replies if "{{" not in reply["text"]]
