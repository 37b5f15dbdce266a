from __future__ import annotations

from classifier.labels import LABELS, SILENT, TARGETS, label_name


def test_every_target_has_labels_with_two_names() -> None:
    assert set(LABELS) == set(TARGETS)
    for labels in LABELS.values():
        assert all(name.zh and name.en for name in labels.values())
        assert len({name.zh for name in labels.values()}) == len(labels)


def test_the_labels_are_those_of_the_norms() -> None:
    assert len(LABELS["category"]) == 12
    assert len(LABELS["nature"]) == 6
    assert list(LABELS["impact"]) == list(LABELS["urgency"]) == ["1", "2", "3", "4"]


def test_a_silent_message_has_known_labels() -> None:
    assert all(SILENT[target] in LABELS[target] for target in TARGETS)


def test_names_come_in_both_languages_and_unknown_keys_name_themselves() -> None:
    assert label_name("category", "refund") == "退款退货"
    assert label_name("category", "refund", "en") == "Refund and return"
    assert label_name("category", "garden") == "garden"
    assert label_name("planet", "mars", "en") == "mars"
