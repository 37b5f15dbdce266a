"""The flat model and the kinds of its labels; the twin embedding, no Rasa."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.components.intent_model import IntentModel
from nlp import HashingEmbedder, Tokenizer, load_state, save_state

THINGS = {"cancel": "订单", "refund": "退款", "invoice": "发票", "return": "退货", "track": "快递"}
ORDERS = ("帮我办{}", "给我办一下{}", "麻烦把{}弄好", "请办{}", "替我处理{}", "{}马上给我办")
QUESTIONS = ("{}怎么办", "{}要多久", "如何办{}", "{}在哪里办", "{}要钱吗", "{}是什么规则")
UNSEEN = "帮我把{}处理一下"

LINES = [
    *((line.format(thing), name, "wish") for name, thing in THINGS.items() for line in ORDERS),
    *(
        (line.format(thing), f"faq/{name}", "question")
        for name, thing in THINGS.items()
        for line in QUESTIONS
    ),
]


def learned(lines: list[tuple[str, str, str]]) -> IntentModel:
    texts, labels, kinds = zip(*lines, strict=True)
    model = IntentModel.for_many(HashingEmbedder(), Tokenizer(), len(lines))
    return model.fit(texts, labels, kinds, np.ones(len(lines), dtype=np.bool_))


@pytest.fixture(scope="module")
def model() -> IntentModel:
    return learned(LINES)


def test_an_order_in_new_words_is_known_by_what_all_orders_share(model: IntentModel) -> None:
    chances = model.predict_proba([UNSEEN.format(thing) for thing in THINGS.values()])
    assert chances.sum(axis=1) == pytest.approx(1.0)
    assert [model.classes[column] for column in chances.argmax(axis=1)] == list(THINGS)


def test_held_out_rows_are_rows_of_the_training(model: IntentModel) -> None:
    rows, chances = model.held_out
    assert chances.shape == (len(rows), len(model.classes))
    assert set(rows.tolist()) <= set(range(len(LINES)))
    assert chances.sum(axis=1) == pytest.approx(1.0)


def test_labels_of_one_kind_need_no_model_of_kinds() -> None:
    orders = [line for line in LINES if line[2] == "wish"]
    assert learned(orders).predict_proba(["帮我办退款"]).sum() == pytest.approx(1.0)


@pytest.mark.parametrize("lines", [LINES, LINES[: len(THINGS) * len(ORDERS)]])
def test_a_stored_model_says_the_same(tmp_path: Path, lines: list[tuple[str, str, str]]) -> None:
    model = learned(lines)
    save_state(tmp_path / "m.npz", model.to_state())
    again = IntentModel.from_state(load_state(tmp_path / "m.npz"), HashingEmbedder())
    assert again.classes == model.classes
    asked = ["帮我办退款", "退款要多久"]
    assert again.predict_proba(asked) == pytest.approx(model.predict_proba(asked), abs=1e-6)
