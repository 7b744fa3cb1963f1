"""Actions on quotas, the lifetime of tokens, and the sign-in host's clock."""

from collections.abc import Iterator
from dataclasses import asdict

from pydantic import Field

from roomstead_sandbox.google.actions.named import Body
from roomstead_sandbox.google.state import FaceState
from roomstead_sandbox.world.faces import Action, Json


class Quotas(Body):
    """Limits. Only what is given changes; ``null`` takes a limit away."""

    project_per_minute: int | None = Field(10_000, ge=0)
    user_per_minute: int | None = Field(600, ge=0)
    directory_user_per_minute: int | None = Field(2_400, ge=0)
    calendar_writes_per_second: int | None = Field(None, ge=0)
    external_guests: int | None = Field(10_000, ge=0)
    events_created: int | None = Field(100_000, ge=0)
    period_hours: float = Field(24, gt=0)
    read_only_hours: float = Field(6, gt=0)
    alternating: bool = Field(default=True, description="Every second refusal of a project is 429 instead of 403.")


class Lifetime(Body):
    """How long access tokens last that are issued from now on."""

    seconds: int = Field(3599, ge=1)


class Skew(Body):
    """How far the sign-in host's clock is ahead of the machine's."""

    seconds: float


def actions(state: FaceState) -> Iterator[Action]:
    """The actions of this module."""
    yield Action("quotas", "Set the quotas.", Quotas, lambda body: _quotas(state, body))
    yield Action("token-lifetime", "Set how long tokens last.", Lifetime, lambda body: _lifetime(state, body))
    yield Action("login-skew", "Shift the sign-in host's clock.", Skew, lambda body: _skew(state, body))


def _quotas(state: FaceState, body: Quotas) -> Json:
    for name in body.model_fields_set:
        setattr(state.quotas.limits, name, getattr(body, name))
    state.quotas.clear()
    return asdict(state.quotas.limits)


def _lifetime(state: FaceState, body: Lifetime) -> Json:
    state.tokens.seconds = body.seconds
    return {"seconds": body.seconds}


def _skew(state: FaceState, body: Skew) -> Json:
    state.login_skew_seconds = body.seconds
    return {"seconds": body.seconds}
