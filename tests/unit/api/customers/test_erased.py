"""What an erasure takes out: every column was thought of, and nothing said is left in what stays."""

from __future__ import annotations

from sqlalchemy import LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

from api.customers import erased
from api.models.base import Base

WORDS = "（已删除）"
SAID = "周女士的手机"
_SPEAKING = (Text, LargeBinary, JSONB, TSVECTOR)


def test_of_every_column_that_can_hold_words_it_is_said_what_becomes_of_it() -> None:
    whole = erased.DELETED | erased.LEARNED | erased.NOBODYS
    for name, table in Base.metadata.tables.items():
        speaking = {each.name for each in table.columns if isinstance(each.type, _SPEAKING)}
        if name in whole:
            assert name not in erased.EMPTIED.keys() | erased.KEPT.keys(), name
            continue
        said = [*erased.EMPTIED.get(name, ()), *erased.KEPT.get(name, ())]
        assert sorted(said) == sorted(speaking), name


def test_every_table_that_is_named_is_there() -> None:
    named = erased.DELETED | erased.LEARNED | erased.NOBODYS
    assert named | erased.EMPTIED.keys() | erased.KEPT.keys() <= Base.metadata.tables.keys()


def test_a_packet_keeps_why_and_when_but_nothing_that_was_said() -> None:
    label = {"key": "refund", "name": "退款", "confidence": 0.9, "evidence": [SAID]}
    packet = {
        "version": 2,
        "reason": {"code": "p1", "text": "紧急"},
        "summary": SAID,
        "transcript": [{"seq": 1, "author": "customer", "text": SAID, "created_at": "2026-01-01"}],
        "intent": {"name": "refund", "title": "退款", "confidence": 0.8, "alternatives": []},
        "slots": [{"name": "phone", "title": "手机", "value": SAID}],
        "tried": [{"kind": "answer", "key": "k", "question": SAID, "answer": SAID, "seq": 2}],
        "labels": {"category": label, "priority": {"key": "P1", "reasons": [SAID]}},
        "sentiment": {"current": "neutral", "anger": False, "trend": []},
        "customer": {"id": "c", "display_name": SAID, "open_tickets": [{"title": SAID}]},
        "deadlines": [],
        "suggested_answers": [{"key": "k", "question": SAID}],
        "hops": [{"hop": 1, "source": "机器人", "target": "队列", "reason": "p1", "note": SAID}],
        "added_later": SAID,
    }
    kept = erased.packet(packet, WORDS, "已删除的客户")
    assert SAID not in str(kept)
    assert kept["reason"] == packet["reason"]
    assert kept["labels"]["category"]["key"] == "refund"
    assert kept["hops"][0]["reason"] == "p1"


def test_a_history_says_what_was_done_and_not_what_was_written() -> None:
    moved = {"before": "open", "after": "resolved", "reason": SAID}
    assert erased.event("state", moved, WORDS) == {**moved, "reason": WORDS}
    raised = {"field": "priority", "before": "P3", "after": "P1"}
    assert erased.event("changed", raised, WORDS) == raised
    named = {"field": "title", "before": None, "after": SAID}
    assert erased.event("changed", named, WORDS) == {**named, "after": WORDS}
    assert erased.event("attached", {"name": SAID}, WORDS) == {"name": WORDS}
    assert erased.event("changed", {"field": "tags", "after": [SAID]}, WORDS)["after"] == []


def test_what_staff_were_told_keeps_its_codes() -> None:
    data = {"deadline": "ticket_resolution", "title": SAID, "customer": SAID, "by": "小云"}
    assert erased.told(data, WORDS) == {
        "deadline": "ticket_resolution",
        "title": WORDS,
        "customer": WORDS,
        "by": "小云",
    }
