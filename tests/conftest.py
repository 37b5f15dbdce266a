"""What holds for all tests: a marker per folder, and hypothesis without surprises."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.running_desk import RunningDesk, running_desk
from tests.support.visitor import Visitor

TESTS = Path(__file__).parent

settings.register_profile(
    "desk",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("desk")


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """One whole desk for all tests that need real processes; its first start trains a release.

    `FENZHEN_TEST_HOME` names a home to keep, so that the next run starts without a training.
    """
    kept = os.environ.get("FENZHEN_TEST_HOME")
    with running_desk(Path(kept) if kept else tmp_path_factory.mktemp("desk")) as running:
        yield running


@pytest.fixture
def visit(desk: RunningDesk) -> Iterator[Callable[[], Visitor]]:
    """Makes customers of the running desk."""
    with ExitStack() as leaving:

        def arrive() -> Visitor:
            return leaving.enter_context(closing(Visitor(desk.url)))

        yield arrive


def pytest_configure() -> None:
    """A run that is told to stop (`timeout`, CI) still stops the servers it started."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test with the name of its folder: unit, contract, integration …"""
    for item in items:
        if item.path.is_relative_to(TESTS):
            item.add_marker(item.path.relative_to(TESTS).parts[0])
