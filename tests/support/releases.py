"""A bot and a labeller that know several releases, and releases in the database."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from api.assistant import NOTHING_KNOWN, Answer, Context, EchoAssistant, OtherModel
from api.ids import now
from api.learning import releases
from api.learning.labelling import Labels
from api.learning.proof import service
from api.learning.proof.examining import Examined
from api.learning.proof.predicting import Prediction
from api.models import Release
from classifier.store import save_model
from tests.support.rig import Rig
from triage.packet import MessageLabels


class LabelledByRelease:
    """Each release has its own labels for every text; release `n` belongs to model `model-n`."""

    def __init__(self, known: Mapping[int, MessageLabels], live: int, canary: int = 0) -> None:
        self.known = dict(known)
        self.live = live
        self.canary = canary

    @property
    def release(self) -> int | None:
        return self.live

    async def label(
        self, text: str, track: str = "live", model: str | None = None
    ) -> Labels | None:
        number = (self.canary if track == "canary" else 0) or self.live
        if model is not None:
            number = int(model.removeprefix("model-"))
        return Labels(number, self.known[number], None, f"model-{number}")


class BotOfReleases(EchoAssistant):
    """Answers with the model of each track and, like a tracker, once for every message.

    With `heeds` off it does not look at the model it is asked for.
    """

    def __init__(self, live: int, canary: int = 0, *, heeds: bool = True) -> None:
        self.live = live
        self.canary = canary
        self.heeds = heeds
        self.asked: list[str | None] = []
        self.crash = False
        self._told: dict[UUID, Answer] = {}

    async def models(self) -> Mapping[str, str]:
        tracks = {"live": self.live} | ({"canary": self.canary} if self.canary else {})
        return {track: f"model-{number}" for track, number in tracks.items()}

    async def ask(
        self,
        conversation_id: UUID,
        message_id: UUID,
        text: str,
        channel: str,
        context: Context = NOTHING_KNOWN,
    ) -> Answer:
        self.asked.append(context.model)
        if message_id in self._told:
            return self._told[message_id].model_copy(update={"replayed": True})
        loaded = await self.models()
        name = loaded.get(context.track, loaded["live"])
        if self.heeds and context.model is not None:
            if context.model not in loaded.values():
                raise OtherModel(name)
            name = context.model
        said = await super().ask(conversation_id, message_id, text, channel)
        self._told[message_id] = said.model_copy(update={"model": name})
        if self.crash:
            raise ZeroDivisionError
        return self._told[message_id]


async def add_release(
    rig: Rig, state: str = "candidate", promoted_at: datetime | None = None, files: bool = True
) -> int:
    """A release in `state`, with files that are whole but hold nothing of use; its number."""
    content = uuid4().bytes
    async with rig.database.transaction() as tx:
        release = Release(
            state=state,
            data_hash="-",
            model_hash=hashlib.sha256(content).hexdigest(),
            evaluation={},
            created_at=now(),
            promoted_at=promoted_at or (now() if state == "live" else None),
        )
        tx.add(release)
        await tx.flush()
        number = release.number
    if files:
        folder = releases.folder(rig.desk.settings, number)
        save_model(folder / releases.CLASSIFIER, {"nothing": 0}, {"kind": "triage"})
        (folder / releases.MODEL).write_bytes(content)
    return number


async def prove(rig: Rig, release: int, against: int, *, lost: int = 0) -> None:
    """What the comparison of two releases came to, on 100 questions of which `lost` are wrong now
    (4 and 5 are much worse, though it may be chance)."""
    asked = [
        Prediction("faq", "faq", f"question {number}", "a", "a", 0.9, right=True)
        for number in range(100)
    ]
    now_ = [
        replace(one, predicted="b", right=False) if number < lost else one
        for number, one in enumerate(asked)
    ]
    findings = service.findings_of(Examined(asked, {}), Examined(now_, {}), [])
    async with rig.database.transaction() as tx:
        await service.enter(tx, release, against, findings)
