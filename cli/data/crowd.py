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

_A_TEAM = 20
_COMES_BACK = 0.3
_TIERS = ("standard",) * 11 + ("vip",)


class Crowd:
    """Who writes and who answers."""

    def __init__(self, sheets: Sheets, sayings: Sayings, random: Random, mark: str) -> None:
        self._sheets = sheets
        self._sayings = sayings
        self._random = random
        self._mark = mark
        self._customers: list[UUID] = []
        self.staff: list[tuple[UUID, UUID]] = []
        """Agents with their teams."""

    def hire(self, count: int, moment: datetime) -> None:
        """Agents in teams; all are offline and cannot sign in."""
        teams = [id_at(moment, self._random) for _ in range(-(-count // _A_TEAM))]
        for number, team_id in enumerate(teams, start=1):
            name = f"{TAG} {self._mark} {number} 组"
            self._sheets[Team].add(id=team_id, name=name, created_at=moment)
        for number in range(count):
            person = id_at(moment, self._random)
            team_id = teams[number // _A_TEAM]
            self.staff.append((person, team_id))
            self._sheets[Staff].add(
                id=person,
                username=f"{USERNAME}{self._mark}-{number + 1:03d}",
                display_name=self._sayings.name(),
                role="agent",
                password_hash="-",  # noqa: S106  no password has it
                presence="offline",
                languages=["zh"],
                team_id=team_id,
                created_at=moment,
            )

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
            terms=(phone, name),
        )
        return customer_id
