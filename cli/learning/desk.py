"""What the commands do with the database and the files of a running desk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from api import connections
from api.audit.keys import keys_of
from api.db import Database
from api.errors import DeskError, GateBlocked, NotFound, TrainingRuns
from api.events import RedisBus
from api.i18n import say
from api.jobs import TRAIN, JobQueue, build_app
from api.learning import releases
from api.learning.proof import service as proof
from api.learning.proof.evaluation import evaluation_of
from api.learning.proof.examining import examine
from api.learning.proof.predicting import held_out
from api.learning.proof.shapes import Proof
from api.learning.rollout import commands
from api.learning.rollout.moves import By
from api.learning.runs import service
from api.models import Release, TrainingRun
from api.settings import Settings
from cli import texts
from cli.errors import Refused
from cli.learning.bar import Follow

LEAST_REASON = 10
"""Characters of a reason to go live past the gate, as in the console."""
_LOOK_SECONDS = 0.5
_LOG_TAIL = 2_000
Result = TypeVar("Result")


@dataclass(frozen=True)
class Trained:
    """A training that is over: its release, what the gate says (None: nothing to compare with),
    and whether the release is live now."""

    release: int
    proof: Proof | None
    live: bool


@dataclass(frozen=True)
class Evaluated:
    """A release and its figures."""

    number: int
    state: str
    evaluation: dict[str, Any]


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """The result of `work`; what the desk refuses is said in its words."""
    try:
        return asyncio.run(work)
    except TrainingRuns:
        raise Refused(texts.TRAIN_RUNS) from None
    except NotFound:
        raise Refused(texts.NO_SUCH_RELEASE) from None
    except DeskError as error:
        said = (say(f"error.{error.code}", language) for language in ("zh", "en"))
        raise Refused(texts.Text(*said)) from None


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """The desk's database; its pages are told what changes."""
    redis = connections.redis(settings)
    database = Database(settings.sqlalchemy_url, RedisBus(redis), 2, keys_of(settings))
    try:
        yield database
    finally:
        await database.dispose()
        await redis.aclose()


async def train(settings: Settings, follow: Follow, *, promote: bool, force: str | None) -> Trained:
    """Have the desk train a release, and make it live if that is wanted and the gate lets it.

    Interrupted, the training is cancelled. `Refused` when it fails.
    """
    if force is not None and len(force.strip()) < LEAST_REASON:
        raise Refused(texts.REASON_SHORT.fill(least=LEAST_REASON))
    async with opened(settings) as database:
        ordering = asyncio.create_task(_ordered(settings, database))
        try:
            # never ordered by half: who interrupts that cancels what was ordered
            ended = await _followed(database, await asyncio.shield(ordering), follow)
        except asyncio.CancelledError:
            run_ = await ordering
            async with database.transaction() as tx:
                service.cancel(tx, await service.get(tx, run_.id, lock=True))
            raise
        if ended.release is None:
            code = f"training_problem.{ended.problem or 'failed'}"
            failed = texts.TRAIN_CANCELLED if ended.state == "cancelled" else texts.TRAIN_FAILED
            said = {"zh_reason": say(code), "en_reason": say(code, "en")}
            raise Refused(failed.fill(**said, log=ended.log[-_LOG_TAIL:]))
        async with database.transaction() as tx:
            release = await releases.get(tx, ended.release)
            live = await releases.live(tx)
            found = await proof.known(tx, release.number, live.number) if live else None
        passed = release.state == releases.LIVE
        if promote and not passed:
            passed = await _promoted(settings, database, release, force)
        return Trained(release.number, found, passed)


async def evaluate(settings: Settings, number: int | None, follow: Follow) -> Evaluated:
    """The figures of a release (default: the live one); an old one is asked the lines first."""
    async with opened(settings) as database:
        async with database.transaction() as tx:
            wanted = await releases.live(tx) if number is None else await releases.get(tx, number)
            if wanted is None:
                raise NotFound
        if "cross_validation" in wanted.evaluation:
            return Evaluated(wanted.number, wanted.state, wanted.evaluation)
        folder = releases.folder(settings, wanted.number)
        lines = held_out(folder / "data" / "held_out")
        found = examine(folder, settings.bot_python, lines, [], lambda done: follow(done, ""))
        figures = evaluation_of(folder, found)
        return Evaluated(wanted.number, wanted.state, figures)


async def compare(settings: Settings, number: int, against: int | None, follow: Follow) -> Proof:
    """A release beside another one (default: the live one), made if it is not there yet."""
    async with opened(settings) as database:
        async with database.transaction() as tx:
            other = await proof.against_of(tx, number, against)
            found = await proof.known(tx, number, other)
        if found is None:
            await proof.make(settings, database, number, other, lambda done: follow(done, ""))
            async with database.transaction() as tx:
                found = await proof.known(tx, number, other)
        assert found is not None
        return found


async def _ordered(settings: Settings, database: Database) -> TrainingRun:
    async with build_app(settings.libpq_url).open_async() as app, database.transaction() as tx:
        made = await service.begin(tx, "manual")
        await JobQueue(app).defer_learning(tx, TRAIN, run_id=str(made.id))
    return made


async def _promoted(
    settings: Settings, database: Database, release: Release, force: str | None
) -> bool:
    """Whether the release could go live."""
    by = By(reason="fenzhen train")
    try:
        await commands.promote(database, settings, release.number, by, force)
    except GateBlocked:
        return False
    return True


async def _followed(database: Database, made: TrainingRun, follow: Follow) -> TrainingRun:
    """The training once it is over."""
    while True:
        async with database.transaction() as tx:
            seen = await service.get(tx, made.id)
        follow(seen.progress, say(f"training_step.{seen.step}") if seen.step else "")
        if seen.state not in service.OPEN:
            return seen
        await asyncio.sleep(_LOOK_SECONDS)
