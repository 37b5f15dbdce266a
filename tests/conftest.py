"""What holds for all tests: a marker per folder, and hypothesis without surprises."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.running_desk import RunningDesk, running_desk

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
    """One whole desk for all tests that need real processes; its first start trains a release."""
    with running_desk(tmp_path_factory.mktemp("desk")) as running:
        yield running


def pytest_configure() -> None:
    """A run that is told to stop (`timeout`, CI) still stops the servers it started."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test with the name of its folder: unit, contract, integration …"""
    for item in items:
        if item.path.is_relative_to(TESTS):
            item.add_marker(item.path.relative_to(TESTS).parts[0])
