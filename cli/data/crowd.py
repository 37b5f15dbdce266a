"""Invented staff and customers."""

from __future__ import annotations

from datetime import datetime
from random import Random
from uuid import UUID

from api.models import Customer, CustomerIdentity, SearchEntry, Staff, Team
from cli.data.marks import CHANNEL, TAG, USERNAME
from cli.data.plan import id_at
from cli.data.rows import Sheets
from cli.data.sayings import Sayings
from cli.data.terms import found_by

Colleague = tuple[UUID, UUID]
"""An agent with their team."""

_A_TEAM = 20
_COMES_BACK = 0.3
_TIERS = ("standard",) * 11 + ("vip",)


def hire(
    sheets: Sheets, sayings: Sayings, random: Random, mark: str, count: int, moment: datetime
) -> list[Colleague]:
    """Agents in teams; all are offline and cannot sign in."""
    teams = [id_at(moment, random) for _ in range(-(-count // _A_TEAM))]
    for number, team_id in enumerate(teams, start=1):
        name = f"{TAG} {mark} {number} 组"
        sheets[Team].add(id=team_id, name=name, created_at=moment)
    staff = [(id_at(moment, random), teams[number // _A_TEAM]) for number in range(count)]
    for number, (person, team_id) in enumerate(staff, start=1):
        sheets[Staff].add(
            id=person,
            username=f"{USERNAME}{mark}-{number:03d}",
            display_name=sayings.name(),
            role="agent",
            password_hash="-",  # noqa: S106  no password has it
            presence="offline",
            languages=["zh"],
            team_id=team_id,
            created_at=moment,
        )
    return staff


class Crowd:
    """Who writes and who answers."""

    def __init__(
        self, sheets: Sheets, sayings: Sayings, random: Random, mark: str, staff: list[Colleague]
    ) -> None:
        self._sheets = sheets
        self._sayings = sayings
        self._random = random
        self._mark = mark
        self._customers: list[UUID] = []
        self.staff = staff

    def customer(self, moment: datetime) -> UUID:
        """Somebody who wrote before, or somebody new."""
        if self._customers and self._random.random() < _COMES_BACK:
            return self._random.choice(self._customers)
        customer_id, name = id_at(moment, self._random), self._sayings.name()
        phone = f"199****{self._random.randrange(10_000):04d}"
        self._customers.append(customer_id)
        self._sheets[Customer].add(
            id=customer_id,
            display_name=name,
            tier=self._random.choice(_TIERS),
            masked={"phone": phone},
            created_at=moment,
        )
        self._sheets[CustomerIdentity].add(
            id=id_at(moment, self._random),
            customer_id=customer_id,
            channel=CHANNEL,
            external_id=f"{self._mark}-{len(self._customers)}",
            created_at=moment,
        )
        self._sheets[SearchEntry].add(
            kind="customer",
            subject_id=customer_id,
            moment=moment,
            terms=found_by(phone, name),
        )
        return customer_id
