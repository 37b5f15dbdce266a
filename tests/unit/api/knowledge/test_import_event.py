"""Who leads sees how far an import is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from uuid import UUID

from api.conversations.frames import import_frames
from api.events import ALL, Event
from triage.visibility import Viewer

LEADS, AGENT = UUID(int=1), UUID(int=2)


@dataclass(frozen=True)
class Seat:
    viewer: Viewer
    language: str = "zh"


@dataclass(frozen=True)
class Seats:
    everybody: list[Seat]


def test_only_the_latest_state_is_told_and_only_to_who_leads() -> None:
    seats = Seats([Seat(Viewer(LEADS, None, leads=True)), Seat(Viewer(AGENT, None, leads=False))])
    events = [Event("import", ALL, {"id": "i", "done": str(n), "rows": "9"}) for n in (3, 6)]
    ((staff_id, frame),) = import_frames(seats, events)
    assert staff_id == LEADS
    assert json.loads(frame) == {"type": "import", "id": "i", "done": 6, "rows": 9}
