"""Everything staff can be told has words in both languages."""

from __future__ import annotations

from typing import get_args
from uuid import UUID

import pytest

from api.agents.schemas import MailKind
from api.i18n import LANGUAGES, texts
from api.models import Notification
from api.notifications.texts import filled, text_of
from triage.policy import SlaKind
from triage.policy.complaints import ComplaintStep
from triage.policy.escalation import AlertKind
from triage.policy.incidents import Grade, IncidentStep

KEYS = [
    *(f"alert.{kind.value}" for kind in AlertKind),
    *(f"notification.{kind}" for kind in get_args(MailKind)),
    *(f"deadline.{kind.value}" for kind in SlaKind),
    *(f"deadline.complaint_{step.value}" for step in ComplaintStep),
    *(f"deadline.incident_{step.value}" for step in IncidentStep),
    *(f"incident_step.{step.value}" for step in IncidentStep),
    *(f"grade.{grade.value}" for grade in Grade),
    *("deadline.complaint_unanswered", "deadline.follow_up"),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_there_is_a_text(key: str, language: str) -> None:
    assert key in texts(language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", [key for key in KEYS if key.startswith(("alert", "notification"))])
def test_a_text_can_be_said_of_anything(key: str, language: str) -> None:
    data = {"title": "退款", "deadline": "follow_up", "grade": "major", "priority": "P1"}
    assert "{" not in filled(key, data, language)
    assert filled(key, {}, language)


def test_what_has_a_name_is_said_by_it() -> None:
    data = {"deadline": "chat_first_response", "title": "林女士 13812345678"}
    assert filled("alert.sla_breach", data, "zh") == "人工首次响应已超时：林女士 138****5678"
    assert filled("alert.sla_breach", data, "en").startswith("First human response is late")


def test_a_notification_of_an_alert_says_what_the_alert_says() -> None:
    told = Notification(
        staff_id=UUID(int=1),
        kind="alert",
        subject_kind="incident",
        subject_id=UUID(int=2),
        data={"alert": "grave_incident", "grade": "major", "title": "I20260310-001 支付"},
    )
    assert text_of(told, "zh") == "重大事件：I20260310-001 支付"
