"""What a person may order of the Microsoft face through the control API."""

from collections.abc import Iterator

from roomstead_sandbox.microsoft.actions import applications, behaviour, rules
from roomstead_sandbox.microsoft.notifications.sender import Notifier
from roomstead_sandbox.microsoft.state import FaceState
from roomstead_sandbox.world.faces import Action


def all_actions(state: FaceState, notifier: Notifier) -> Iterator[Action]:
    """Every action."""
    yield from applications.actions(state)
    yield from rules.actions(state)
    yield from behaviour.actions(state, notifier)
