"""What the erasure of a customer takes out of each table, and what it leaves: all of it stands here
(norms §7), and a test holds every column that can hold words against it.

What counts stays: conversations, messages, tickets, hops, clocks, points, labels, all with their
times and people. What names the customer, or was said by or of them, goes. The audit log never
changes and never holds such words.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from api.models.base import JsonObject


class Blank(StrEnum):
    """What stands in a column afterwards that cannot be a plain empty value."""

    WORDS = "words"
    """The sentence that something was deleted on request (i18n key `erased.words`)."""
    NAME = "name"
    """The name that a customer has afterwards (`erased.customer`)."""
    OWN_ID = "own_id"
    """`erased:` and the row's id: the key is free for whoever comes by it again."""
    PARTS = "parts"
    """Some of it stays, by one of the functions below."""


Value = Blank | str | tuple[()] | None | Mapping[str, Any]
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})

DELETED = frozenset(
    {
        "attachment",
        "commerce_act",
        "commerce_identity",
        "customer_note",
        "join_code",
        "reminder",
        "search_entry",
        "subscription_grant",
        "visitor_session",
    }
)
"""The customer's rows go as a whole; of `attachment` the files go too."""

LEARNED = frozenset(
    {
        "knowledge_draft",
        "knowledge_question",
        "knowledge_version",
        "learning_event",
        "question_vector",
        "review_cluster",
        "review_item",
        "training_line",
    }
)
"""Rows with the customer's words go, or the words in them: `api.learning.material.erasure`,
`api.learning.review.erasure`."""

NOBODYS = frozenset(
    {
        # of the desk and its staff
        "audit_record",
        "canned_reply",
        "channel_account",
        "intent",
        "knowledge_entry",
        "knowledge_import",
        "macro",
        "pulse",
        "release",
        "release_move",
        "release_proof",
        "response_text",
        "saved_view",
        "setting",
        "staff",
        "staff_session",
        "staff_skill",
        "team",
        "training_run",
        # hashes that lead to nobody once the contact is gone, and numbers of visits
        "channel_receipt",
        "verification_try",
        "visit_change",
        # of the shop, which keeps its own records by its own duties
        "shop_act",
        "shop_after_sale",
        "shop_appointment",
        "shop_customer",
        "shop_invoice",
        "shop_order",
        "shop_order_item",
        "shop_product",
        "shop_shipment",
        "shop_shipment_event",
    }
)
"""Nothing is taken out."""

EMPTIED: Mapping[str, Mapping[str, Value]] = MappingProxyType(
    {
        "alert": {"data": Blank.PARTS},
        "channel_contact": {"external_id": Blank.OWN_ID},
        "checklist_item": {"text": Blank.WORDS},
        "complaint_step": {"result": None},
        "conversation": {"tags": (), "last_text": None, "slots": _NOTHING, "rating_comment": None},
        "customer": {
            "display_name": Blank.NAME,
            "preferences": _NOTHING,
            "sealed": None,
            "masked": _NOTHING,
        },
        "customer_identity": {"external_id": Blank.OWN_ID},
        "customer_merge": {"reason": "", "moved": _NOTHING},
        "earlier_rating": {"comment": None},
        "follow_up": {"result": None},
        "handoff": {"packet": Blank.PARTS, "note": None},
        "incident": {"title": Blank.WORDS, "description": "", "review": Blank.WORDS},
        "incident_step": {"result": None},
        "message": {"text": Blank.WORDS, "buttons": (), "client_id": None},
        "notification": {"data": Blank.PARTS},
        "sending": {"body": _NOTHING},
        "ticket": {
            "title": Blank.WORDS,
            "description": Blank.WORDS,
            "order_number": None,
            "contact": None,
            "labels": Blank.PARTS,
            "tags": (),
            "result": None,
            "root_cause": (),
        },
        "ticket_event": {"data": Blank.PARTS},
        "ticket_note": {"text": Blank.WORDS},
        "triage_result": {"labels": Blank.PARTS},
        "turn": {"nlu": _NOTHING},
        "wrap_up": {"root_cause": None, "note": None},
    }
)
"""Columns that are emptied, and what stands in them then. A column that is empty stays so."""

KEPT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "alert": ("kind", "subject_kind", "level", "told"),
        "complaint_step": ("step",),
        "conversation": (
            *("channel", "language", "track", "state", "last_author", "category", "priority"),
            *("sentiment", "wanted_skill", "passed_over"),
        ),
        "customer": ("tier", "language"),
        "customer_identity": ("channel", "proof"),
        "customer_merge": ("proof",),
        "deadline": ("subject_kind", "kind", "priority"),
        "delivery": ("state", "problem"),
        "handoff": ("from_owner", "to_owner", "reason", "cause"),
        "incident": ("number", "grade", "category", "cause"),
        "incident_step": ("step",),
        "label_correction": ("target", "said", "corrected"),
        "message": ("author", "kind", "mentions"),
        "notification": ("kind", "subject_kind"),
        "queue_wait": ("category", "priority", "left_for"),
        "sending": ("message_ids", "state", "charged"),
        "ticket": (
            *("number", "source", "cause", "kind", "category", "nature", "priority", "state"),
        ),
        "ticket_event": ("kind",),
        "ticket_link": ("kind",),
        "ticket_merge": ("source_state", "moved"),
        "ticket_note": ("mentions",),
        "triage_result": ("category", "nature", "priority", "sentiment", "stood_before"),
        "turn": ("state", "outcome", "answers", "suggestions"),
        "wrap_up": ("result", "category"),
    }
)
"""Columns that stay: numbers of the desk, codes, labels, ids."""

_TOLD_CODES = frozenset(
    {"alert", "by", "deadline", "grade", "incident_step", "minutes", "number", "priority"}
)
_EVENT_CODES = frozenset(
    {"done", "field", "into", "link", "note_id", "number", "other", "priority", "source", "step"}
)
_CODED_FIELDS = frozenset(
    {
        *("assignee_id", "category", "impact", "nature", "parent_id", "priority", "repeated"),
        *("team_id", "urgency"),
    }
)
"""Fields of a ticket whose changes say nothing but codes and ids."""
_PACKET_KEPT = ("version", "reason", "intent", "sentiment", "deadlines", "responsible")


def told(data: JsonObject, words: str) -> JsonObject:
    """What a notification or an alert is filled with: names and titles are `words` now."""
    return {key: value if key in _TOLD_CODES else words for key, value in data.items()}


def event(kind: str, data: JsonObject, words: str) -> JsonObject:
    """An entry of a ticket's history: what changed when, without what it said."""
    coded = kind == "state" or data.get("field") in _CODED_FIELDS
    kept = _EVENT_CODES | ({"before", "after"} if coded else set())
    return {key: value if key in kept else _instead(value, words) for key, value in data.items()}


def labels(stored: JsonObject) -> JsonObject:
    """Labels (`triage.packet.MessageLabels`) without the words that decided them."""
    return {
        name: {key: [] if key in ("evidence", "reasons") else value for key, value in label.items()}
        for name, label in stored.items()
    }


def packet(stored: JsonObject, words: str, name: str) -> JsonObject:
    """A `triage.packet.HandoffPacket` without what was said, known and told in it."""
    kept = {key: stored[key] for key in _PACKET_KEPT if key in stored}
    return {
        **kept,
        "summary": words,
        "transcript": [],
        "slots": [],
        "tried": [],
        "labels": labels(stored["labels"]) if stored.get("labels") else None,
        "customer": {**stored["customer"], "display_name": name, "open_tickets": []},
        "suggested_answers": [],
        "hops": [{**hop, "note": None} for hop in stored.get("hops", [])],
    }


def _instead(value: object, words: str) -> object:
    match value:
        case str():
            return words if value else value
        case list():
            return []
        case dict():
            return {}
        case _:
            return value
