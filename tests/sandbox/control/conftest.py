"""A sandbox of its own for every test, over HTTP, with a clock that stands still."""

from collections.abc import Iterator

import pytest

from roomstead_sandbox.app import create_app
from roomstead_sandbox.control.client import Control
from roomstead_sandbox.running import RunningSandbox
from roomstead_sandbox.world.world import World


@pytest.fixture(scope="session")
def served() -> Iterator[RunningSandbox]:
    """One server for all tests that do not end it."""
    with RunningSandbox(create_app(World(), faces=[]), seed="empty") as running:
        yield running


@pytest.fixture
def sandbox(served: RunningSandbox) -> RunningSandbox:
    """Contoso afresh, without any provider's face, with a clock that stands still."""

    def plant() -> None:
        served.world.clock.freeze()
        served.world.clock.speed = 1.0
        served.sandbox.fill("contoso")

    served.call(plant)
    return served


@pytest.fixture
def control(sandbox: RunningSandbox) -> Control:
    """The control API of that sandbox."""
    return sandbox.control
