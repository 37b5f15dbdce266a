"""A desk that never closes: its business time is the clock's."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.rig import Rig
from tests.support.ticketing import Opener, Person, person
from tests.support.timing import never_closed


@pytest.fixture(autouse=True)
async def _never_closed(rig: Rig) -> None:
    await never_closed(rig)


@pytest.fixture
async def agent(rig: Rig) -> Person:
    """An agent without a team."""
    return await person(rig, "agent")


@pytest.fixture
async def supervisor(rig: Rig) -> Person:
    """A supervisor."""
    return await person(rig, "supervisor")


@pytest.fixture
async def open_(agent: Person) -> Opener:
    """Opens a ticket for somebody new."""

    async def opened(by: Person = agent, **changes: Any) -> dict[str, Any]:
        body = {
            "customer": {"display_name": "周女士"},
            "kind": "request",
            "description": "空调不制冷",
        }
        return await by.do("", {**body, **changes})

    return opened
