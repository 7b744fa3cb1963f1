"""The face's state as JSON and back: what a saved world must know to go on."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from roomstead_sandbox.microsoft.identity.registrations import Registrations
from roomstead_sandbox.microsoft.policies import ExchangePolicies
from roomstead_sandbox.microsoft.state import FaceState
from roomstead_sandbox.microsoft.subscription_book import Subscription
from roomstead_sandbox.microsoft.throttling import Limits

if TYPE_CHECKING:
    from pydantic import TypeAdapter


@dataclass(slots=True)
class Saved:
    """Everything of the face that outlives a restart.  Counters of throttling and seen assertions do not."""

    registrations: Registrations
    policies: ExchangePolicies
    subscriptions: list[Subscription]
    limits: Limits
    private_pem: str | None = None
    delta_epochs: dict[str, int] = field(default_factory=dict)
    consent_propagation_seconds: float = 0
    login_skew_seconds: float = 0
    admin_refuses_consent: bool = False


def dump(state: FaceState) -> Any:  # noqa: ANN401  (JSON)
    """The state as JSON data."""
    saved = Saved(
        registrations=state.registrations,
        policies=state.policies,
        subscriptions=list(state.subscriptions.by_id.values()),
        limits=state.throttle.limits,
        private_pem=state.mint.private_pem,
        delta_epochs=state.delta_epochs,
        consent_propagation_seconds=state.consent_propagation_seconds,
        login_skew_seconds=state.login_skew_seconds,
        admin_refuses_consent=state.admin_refuses_consent,
    )
    return _adapter().dump_python(saved, mode="json")


def restore(state: FaceState, data: Any) -> None:  # noqa: ANN401  (JSON)
    """Put a dumped state in force.  Raises ValueError for data of another shape."""
    saved = _adapter().validate_python(data)
    reset(state)
    state.registrations = saved.registrations
    state.policies = saved.policies
    for subscription in saved.subscriptions:
        state.subscriptions.add(subscription)
    state.throttle.limits = saved.limits
    state.mint.private_pem = saved.private_pem
    state.delta_epochs = saved.delta_epochs
    state.consent_propagation_seconds = saved.consent_propagation_seconds
    state.login_skew_seconds = saved.login_skew_seconds
    state.admin_refuses_consent = saved.admin_refuses_consent


def reset(state: FaceState) -> None:
    """Everything as in a new world.  The signing key goes as well, so old tokens are worth nothing."""
    fresh = FaceState(state.world)
    for name in (
        "registrations",
        "mint",
        "policies",
        "delta_epochs",
        "seen_assertions",
        "consent_propagation_seconds",
        "login_skew_seconds",
        "admin_refuses_consent",
    ):
        setattr(state, name, getattr(fresh, name))
    state.subscriptions.clear()
    state.recent.clear()
    state.throttle.clear()
    state.throttle.limits = Limits()


def _adapter() -> "TypeAdapter[Saved]":
    from pydantic import TypeAdapter

    return TypeAdapter(Saved)
