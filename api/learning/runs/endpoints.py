"""Trainings for supervisors and admins."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request

from api.audit import service as audit
from api.auth.dependencies import AdminDep, SupervisorDep
from api.context import DeskDep
from api.errors import CsrfFailed, Forbidden, NotFound, NotSignedIn, TrainingRuns, declare
from api.i18n import choose
from api.jobs import TRAIN
from api.learning.runs import service, views
from api.learning.runs.schemas import RunDetail, RunList, RunOut

router = APIRouter(prefix="/api/v1/learning/runs", tags=["learning"])


@router.post(
    "",
    status_code=201,
    responses=declare(NotSignedIn, CsrfFailed, Forbidden, TrainingRuns),
)
async def start_run(request: Request, staff: AdminDep, desk: DeskDep) -> RunOut:
    """Train a release from what is learned from now; 409 `training_runs` while one is trained."""
    async with desk.database.transaction() as tx:
        run = await service.begin(tx, "manual", staff.id)
        await desk.queue.defer_learning(tx, TRAIN, run_id=str(run.id))
        await audit.record(tx, staff, "training_started", "training", run.id)
        (shown,) = await views.described(tx, [run], _language(request))
    return shown


@router.get("", responses=declare(NotSignedIn, Forbidden))
async def list_runs(request: Request, _staff: SupervisorDep, desk: DeskDep) -> RunList:
    """The newest trainings."""
    async with desk.database.transaction() as tx:
        runs = await service.newest(tx)
        shown = await views.described(tx, runs, _language(request))
        return RunList(items=shown, changes=await service.changes(tx))


@router.get("/{run_id}", responses=declare(NotSignedIn, Forbidden, NotFound))
async def show_run(
    run_id: UUID, request: Request, _staff: SupervisorDep, desk: DeskDep
) -> RunDetail:
    """One training with the end of its log."""
    async with desk.database.transaction() as tx:
        return await views.detail(tx, await service.get(tx, run_id), _language(request))


@router.post("/{run_id}/cancel", responses=declare(NotSignedIn, CsrfFailed, Forbidden, NotFound))
async def cancel_run(run_id: UUID, request: Request, staff: AdminDep, desk: DeskDep) -> RunOut:
    """Stop a training within two seconds; the live release stays as it is."""
    async with desk.database.transaction() as tx:
        run = await service.get(tx, run_id, lock=True)
        if service.cancel(tx, run):
            await audit.record(tx, staff, "training_cancelled", "training", run.id)
        (shown,) = await views.described(tx, [run], _language(request))
    return shown


def _language(request: Request) -> str:
    return choose(request.headers.get("accept-language"))
