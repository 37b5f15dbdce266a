from __future__ import annotations

import numpy as np
import pytest

from nlp import CalibratedLinear, HashingEmbedder, HybridFeatures, Tokenizer
from nlp.evidence import Evidence
from nlp.joint import JointLinear
from tests.unit.nlp.conftest import LABELLED

TEXT = "麻烦补开一张发票"


@pytest.fixture(scope="module")
def features() -> HybridFeatures:
    return HybridFeatures(HashingEmbedder(), Tokenizer()).fit([text for text, _ in LABELLED])


@pytest.fixture(scope="module")
def heads(features: HybridFeatures) -> dict[str, CalibratedLinear]:
    texts, labels = zip(*LABELLED, strict=True)
    rows = features.transform(texts)
    bills = ["1" if label == "invoice" else "0" for label in labels]
    return {
        "subject": CalibratedLinear().fit(rows, labels),
        "bill": CalibratedLinear().fit(rows, bills),
    }


@pytest.mark.parametrize("name", ["subject", "bill"])
@pytest.mark.parametrize("shown", [0, 5])
def test_asked_together_classifiers_say_what_they_say_alone(
    features: HybridFeatures, heads: dict[str, CalibratedLinear], name: str, shown: int
) -> None:
    (row,) = features.sparse([features.prepare(TEXT)])
    alone = heads[name].predict_proba(features.transform([TEXT]))[0].tolist()
    together = JointLinear(heads).read(row, shown).chances(name)
    assert together == pytest.approx(dict(zip(heads[name].classes_, alone, strict=True)), abs=1e-5)


def test_contributions_and_words_are_those_of_each_classifier(
    features: HybridFeatures, heads: dict[str, CalibratedLinear]
) -> None:
    prepared = features.prepare(TEXT)
    (row,) = features.sparse([prepared])
    labels = {"bill": "1", "subject": "refund"}
    together = JointLinear(heads).read(row, len(row[0])).contributions(labels)
    alone = [
        heads[name].contributions(features.rows([prepared]), label)[1]
        for name, label in labels.items()
    ]
    assert together == pytest.approx(np.stack(alone, axis=1), abs=1e-5)
    evidence = Evidence(features, prepared, TEXT)
    each = [evidence.words(row[0], weights, 4) for weights in alone]
    assert evidence.words_of_each(row[0], together, 4) == each
    assert each[0]


def test_it_knows_the_classifiers_by_name(heads: dict[str, CalibratedLinear]) -> None:
    joint = JointLinear(heads)
    assert "bill" in joint
    assert "person" not in joint


def test_a_label_nobody_learned_has_no_contributions(
    features: HybridFeatures, heads: dict[str, CalibratedLinear]
) -> None:
    (row,) = features.sparse([features.prepare(TEXT)])
    with pytest.raises(KeyError, match="nobody"):
        JointLinear(heads).read(row).contributions({"bill": "nobody"})
