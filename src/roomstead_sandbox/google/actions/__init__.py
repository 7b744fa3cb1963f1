"""What a person may order of the Google face through the control API."""

from collections.abc import Iterator

from roomstead_sandbox.google.actions import accounts, clients, customers, following, limits, people, rooms
from roomstead_sandbox.google.state import FaceState
from roomstead_sandbox.world.faces import Action


def all_actions(state: FaceState) -> Iterator[Action]:
    """Every action."""
    for module in (accounts, customers, clients, people, rooms, following, limits):
        yield from module.actions(state)
