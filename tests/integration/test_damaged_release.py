"""A release whose classifier is damaged never replaces the one that works."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from api.caretaker import Caretaker
from api.conversations.tasks import turn_tasks
from api.ids import now
from api.jobs import build_app
from api.learning import releases
from api.learning.labelling import ReleaseLabeller
from api.learning.rollout import moves
from api.learning.rollout.moves import By
from api.models import Release
from classifier.store import METADATA, MODEL, ModelError
from tests.support.labelling import SwitchedBot
from tests.support.rig import Rig


def truncated(folder: Path) -> None:
    whole = (folder / MODEL).read_bytes()
    (folder / MODEL).write_bytes(whole[: len(whole) // 2])


def garbage(folder: Path) -> None:
    (folder / MODEL).write_bytes(b"\0garbage\xff" * 50)


def changed(folder: Path) -> None:
    whole = bytearray((folder / MODEL).read_bytes())
    whole[len(whole) // 2] ^= 1
    (folder / MODEL).write_bytes(whole)


def missing(folder: Path) -> None:
    shutil.rmtree(folder)


def other_kind(folder: Path) -> None:
    about = (folder / METADATA).read_text(encoding="utf-8")
    told = about.replace('"kind": "triage"', '"kind": "labels"')
    (folder / METADATA).write_text(told, encoding="utf-8")


async def promoted(rig: Rig, classifier: Path) -> Path:
    """A new live release with a copy of `classifier`; the folder of the copy."""
    async with rig.database.transaction() as tx:
        release = Release(data_hash="-", model_hash="-", evaluation={}, created_at=now())
        tx.add(release)
        await tx.flush()
        await moves.promote(tx, release.number, By(), override_reason="damaged on purpose")
        number = release.number
    folder = releases.folder(rig.desk.settings, number) / "classifier"
    folder.parent.mkdir(parents=True)
    shutil.copytree(classifier, folder)
    return folder


async def release_part(rig: Rig) -> tuple[bool, str]:
    """What the desk says of its readiness."""
    part = (await (await rig.client()).get("/health/ready")).json()["parts"]["release"]
    return part["ok"], part["detail"]


@pytest.mark.parametrize("damage", [truncated, garbage, changed, missing, other_kind])
async def test_the_old_classifier_goes_on_when_the_new_one_is_damaged(
    rig: Rig, classifier: Path, damage: object
) -> None:
    assert callable(damage)
    labeller = ReleaseLabeller()
    app = build_app(rig.desk.settings.libpq_url, turn_tasks(rig.runner()))
    caretaker = Caretaker(rig.desk.settings, rig.database, app, SwitchedBot(), labeller)
    await promoted(rig, classifier)
    await caretaker.follow_release()
    first = labeller.release
    assert first is not None
    bad = await promoted(rig, classifier)
    damage(bad)
    with capture_logs() as told:
        for _ in range(2):
            with pytest.raises(ModelError) as caught:
                await caretaker.follow_release()
            assert "\n" not in str(caught.value)
            assert labeller.release == first
            labels = await labeller.label("怎么开电子发票")
            assert labels is not None
            assert (labels.release, labels.labels.category.key) == (first, "invoice")
    errors = [each for each in told if each["log_level"] == "error"]
    assert [(each["event"], each["release"]) for each in errors] == [
        ("labeller.unreadable", first + 1)
    ]
    assert await release_part(rig) == (False, f"release {first + 1}: classifier unreadable")
    shutil.rmtree(bad, ignore_errors=True)
    shutil.copytree(classifier, bad)
    await caretaker.follow_release()
    assert await release_part(rig) == (True, f"release {first + 1}")
    assert labeller.release == first + 1
