"""The face's state as JSON and back: what a saved world must know to go on."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from roomstead_sandbox.google.calendar_book import CalendarBook
from roomstead_sandbox.google.identity.cloud import Cloud
from roomstead_sandbox.google.identity.customers import Account, Building, Customer, ResourceFacts
from roomstead_sandbox.google.identity.tokens import TokenBook
from roomstead_sandbox.google.quotas import Limits
from roomstead_sandbox.google.state import ASKS, FaceState

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Json = Any  # JSON data; its depth is open
_KEPT = (
    "cloud",
    "customers",
    "accounts",
    "buildings",
    "resources",
    "tokens",
    "book",
    "login_skew_seconds",
    "consent_page",
)


@dataclass(slots=True)
class Saved:
    """Everything of the face that outlives a restart.  Counters of quotas and unspent codes do not."""

    cloud: Cloud
    customers: dict[str, Customer]
    accounts: dict[str, Account]
    buildings: list[Building]
    resources: dict[str, ResourceFacts]
    tokens: TokenBook
    book: CalendarBook
    limits: Limits
    login_skew_seconds: float = 0
    consent_page: str = ASKS
    events: Json = field(default_factory=dict)


def dump(state: FaceState) -> Json:
    """The state as JSON data."""
    saved = Saved(
        limits=state.quotas.limits,
        events=state.events.dump(),
        **{name: getattr(state, name) for name in _KEPT},
    )
    return _adapter().dump_python(saved, mode="json")


def restore(state: FaceState, data: Json) -> None:
    """Put a dumped state in force.  Raises ValueError for data of another shape."""
    saved = _adapter().validate_python(data)
    reset(state)
    for name in _KEPT:
        setattr(state, name, getattr(saved, name))
    state.quotas.limits = saved.limits
    state.events.restore(saved.events)


def reset(state: FaceState) -> None:
    """Everything as in a new world.  Tokens and keys go as well."""
    fresh = FaceState(state.world)
    for name in _KEPT:
        setattr(state, name, getattr(fresh, name))
    state.codes = fresh.codes
    state.quotas.clear()
    state.quotas.limits = Limits()
    state.events.clear()


def _adapter() -> "TypeAdapter[Saved]":
    from pydantic import TypeAdapter

    return TypeAdapter(Saved)
