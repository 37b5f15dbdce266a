"""All policies of the desk, by the key an admin changes them under."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from functools import cache
from typing import Any

from pydantic import JsonValue, TypeAdapter
from pydantic_core import to_jsonable_python

from triage.calendar import BusinessCalendar
from triage.policy import HandoffPolicy, IdentityPolicy, PiecesPolicy, SlaPolicy
from triage.policy.aftercare import AppointmentPolicy, FollowUpPolicy, appointments_of
from triage.policy.calendar import calendar_of
from triage.policy.complaints import ComplaintPolicy, complaints_of
from triage.policy.conversations import ConversationPolicy
from triage.policy.escalation import EscalationPolicy, escalation_of
from triage.policy.gate import GatePolicy, TrainingPolicy, gate_of, training_of
from triage.policy.incidents import IncidentPolicy, incidents_of
from triage.policy.privacy import PrivacyPolicy
from triage.policy.reading import read as read_file
from triage.policy.routing import RoutingPolicy
from triage.policy.routing import read as routing_of
from triage.policy.sla import sla_of
from triage.policy.wechat import WechatPolicy, wechat_of

Raw = dict[str, JsonValue]
"""A policy as it stands in its file: what each part means is said there."""


@dataclass(frozen=True, slots=True)
class Policies:
    """The desk's policies at one moment; fields are named like the keys of the settings."""

    sla: SlaPolicy
    calendar: BusinessCalendar
    routing: RoutingPolicy
    complaints: ComplaintPolicy
    escalation: EscalationPolicy
    incidents: IncidentPolicy
    appointments: AppointmentPolicy
    follow_up: FollowUpPolicy
    handoff: HandoffPolicy
    conversations: ConversationPolicy
    identity: IdentityPolicy
    pieces: PiecesPolicy
    privacy: PrivacyPolicy
    wechat: WechatPolicy
    gate: GatePolicy
    training: TrainingPolicy


_READERS: Mapping[str, Callable[[Mapping[str, Any]], object]] = {
    "sla": sla_of,
    "calendar": calendar_of,
    "routing": routing_of,
    "complaints": complaints_of,
    "escalation": escalation_of,
    "incidents": incidents_of,
    "appointments": appointments_of,
    "follow_up": lambda raw: FollowUpPolicy(**raw),
    "handoff": lambda raw: HandoffPolicy(**raw),
    "conversations": lambda raw: ConversationPolicy(**raw),
    "identity": lambda raw: IdentityPolicy(**raw),
    "pieces": lambda raw: PiecesPolicy(**raw),
    "privacy": lambda raw: PrivacyPolicy(**raw),
    "wechat": wechat_of,
    "gate": gate_of,
    "training": training_of,
}
KEYS = tuple(field.name for field in fields(Policies))


class BadPolicy(ValueError):
    """A policy that cannot be; the text says why, in English, for an admin."""


@cache
def defaults(key: str) -> Raw:
    """The policy as it stands in `triage/policy/<key>.yml`; do not change it."""
    raw: Raw = to_jsonable_python(read_file(f"{key}.yml"))
    return raw


def overlaid(key: str, stored: Mapping[str, JsonValue]) -> Raw:
    """The default policy with the parts (first level of the file) that were set; each is whole."""
    return {**defaults(key), **stored}


def read(key: str, raw: Raw) -> object:
    """The policy of `raw`; raises BadPolicy for unknown parts, wrong kinds and wrong figures."""
    unknown = raw.keys() - defaults(key).keys()
    if unknown:
        raise BadPolicy(f"unknown: {', '.join(sorted(unknown))}")
    _same_kinds(defaults(key), raw, key)
    try:
        made = _READERS[key](raw)
        _check_types(made)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadPolicy(f"{type(error).__name__}: {error}") from error
    return made


def policies_of(stored: Mapping[str, Raw]) -> Policies:
    """All policies; `stored` are the parts that were set, by key. Raises BadPolicy."""
    made: dict[str, Any] = {key: read(key, overlaid(key, stored.get(key, {}))) for key in KEYS}
    return Policies(**made)


def _same_kinds(default: JsonValue, given: JsonValue, where: str) -> None:
    """What stands in the file as a figure, a text, a list … is one here too; no figure below 0."""
    if isinstance(given, int | float) and not (math.isfinite(given) and given >= 0):
        raise BadPolicy(f"{where}: no figure")
    if _kind(default) is not _kind(given):
        raise BadPolicy(f"{where}: {_kind(default).__name__} expected")
    if isinstance(default, dict) and isinstance(given, dict):
        for name in default.keys() & given.keys():
            _same_kinds(default[name], given[name], f"{where}.{name}")


def _kind(value: JsonValue) -> type:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float
    return type(value)


def _check_types(made: object) -> None:
    """Every field holds what it is declared to hold."""
    assert is_dataclass(made)
    assert not isinstance(made, type)
    _adapter(type(made)).validate_python(asdict(made))


@cache
def _adapter(kind: type) -> TypeAdapter[object]:
    return TypeAdapter(kind)
