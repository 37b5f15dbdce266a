"""Commands that work with the data of a running desk, in a process of their own."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping

from pydantic import ValidationError

from api.agents import service
from api.agents.schemas import NewAgent
from api.audit.keys import keys_of
from api.auth.service import LEAST_PASSWORD
from api.db import Database
from api.errors import NameTaken
from api.events import SilentBus
from api.settings import Settings
from cli import state, texts
from cli.credentials import load_or_create
from cli.errors import Refused
from cli.programs import desk_environment, running_addresses
from cli.settings import read_settings


def running_desk(environ: Mapping[str, str]) -> Settings:
    """The settings the processes of the running desk have; `Refused` if none runs."""
    told = read_settings(environ)
    known = state.load(told.home.state)
    if known is None or not any(process.find() for process in known.processes.values()):
        raise Refused(texts.NOT_RUNNING.fill(home=told.home.root))
    secrets = load_or_create(told.home.secrets)
    addresses = running_addresses(told, secrets, known.ports)
    os.environ.update(desk_environment(told, addresses, secrets))
    return Settings()  # type: ignore[call-arg]  # from the environment


def create_user(
    settings: Settings, username: str, display_name: str, role: str, password: str
) -> None:
    """Make a staff account; `Refused` for a name that is taken or a field that cannot be."""
    if len(password) < LEAST_PASSWORD:
        raise Refused(texts.PASSWORD_SHORT.fill(least=LEAST_PASSWORD))
    given = {
        "username": username,
        "display_name": display_name,
        "role": role,
        "password": password,
    }
    try:
        wanted = NewAgent.model_validate(given)
    except ValidationError as error:
        fields = ", ".join(str(problem["loc"][0]) for problem in error.errors())
        raise Refused(texts.USER_UNREADABLE.fill(fields=fields)) from None
    asyncio.run(_create_user(settings, wanted))


async def _create_user(settings: Settings, wanted: NewAgent) -> None:
    database = Database(settings.sqlalchemy_url, SilentBus(), audit_keys=keys_of(settings))
    try:
        async with database.transaction() as tx:
            await service.create(tx, None, wanted)
    except NameTaken as error:
        raise Refused(texts.USER_EXISTS.fill(name=wanted.username)) from error
    finally:
        await database.dispose()
