"""The words of what staff are told; numbers of customers never stand in full in them."""

from __future__ import annotations

from api.commerce.masking import mask_numbers
from api.i18n import texts
from api.models import Notification
from api.models.base import JsonObject
from api.notifications.schemas import NotificationOut, Subject


def text_of(notification: Notification, language: str) -> str:
    """What it says, e.g. the text of the alert that it is about."""
    if notification.kind == "alert":
        return filled(f"alert.{notification.data.get('alert')}", notification.data, language)
    return filled(f"notification.{notification.kind}", notification.data, language)


def filled(key: str, data: JsonObject, language: str) -> str:
    """The text of `key`. What `data` has a name for (`deadline`, `grade` …) is said by it, what it
    lacks is left out."""
    known = texts(language)
    said = _Said(
        {
            name: known.get(f"{name}.{value}") or mask_numbers(str(value))
            for name, value in data.items()
        }
    )
    return known[key].format_map(said)


class _Said(dict[str, str]):
    """What a text is filled with."""

    def __missing__(self, key: str) -> str:
        return ""


def shown(notification: Notification, language: str) -> NotificationOut:
    """What its reader sees, here and in the console's WebSocket."""
    return NotificationOut(
        id=notification.id,
        kind=notification.kind,
        text=text_of(notification, language),
        subject=Subject(kind=notification.subject_kind, id=notification.subject_id),
        data={name: str(value) for name, value in notification.data.items()},
        created_at=notification.created_at,
        read_at=notification.read_at,
    )
