"""Actions on people: their calendar service, suspension, deletion, and the anti-abuse limits."""

from collections.abc import Iterator

from pydantic import Field

from roomstead_sandbox.google.actions.named import OfUser, user_named
from roomstead_sandbox.google.state import FaceState
from roomstead_sandbox.world.faces import Action, Json
from roomstead_sandbox.world.people import MailboxKind


class Service(OfUser):
    """The calendar service of one person."""

    on: bool


class Suspend(OfUser):
    """Suspend somebody, or let them in again."""

    suspended: bool = True


class Delete(OfUser):
    """Delete somebody, or bring them back."""

    deleted: bool = True


class ReadOnly(OfUser):
    """Make an account read-only, as the anti-abuse limits do."""

    hours: float = Field(6, ge=0, description="0 ends it at once.")


def actions(state: FaceState) -> Iterator[Action]:
    """The actions of this module."""
    yield Action("calendar-service", "Turn somebody's calendar on or off.", Service, lambda body: _service(state, body))
    yield Action("suspend", "Suspend somebody.", Suspend, lambda body: _suspend(state, body))
    yield Action("delete-user", "Delete somebody.", Delete, lambda body: _delete(state, body))
    yield Action("read-only", "Make an account read-only for hours.", ReadOnly, lambda body: _read_only(state, body))
    yield Action("revoke-tokens", "Make somebody's tokens worthless.", OfUser, lambda body: _revoke(state, body))


def _service(state: FaceState, body: Service) -> Json:
    user = user_named(state, body.user)
    user.mailbox = MailboxKind.CLOUD if body.on else MailboxKind.NONE
    return {"user": user.mail, "on": body.on}


def _suspend(state: FaceState, body: Suspend) -> Json:
    user = user_named(state, body.user)
    user.account_enabled = not body.suspended
    return {"user": user.mail, "suspended": body.suspended}


def _delete(state: FaceState, body: Delete) -> Json:
    user = user_named(state, body.user)
    user.mailbox = MailboxKind.SOFT_DELETED if body.deleted else MailboxKind.CLOUD
    return {"user": user.mail, "deleted": body.deleted}


def _read_only(state: FaceState, body: ReadOnly) -> Json:
    user = user_named(state, body.user)
    state.make_read_only(user, body.hours)
    until = state.account(user).read_only_until
    return {"user": user.mail, "until": until.isoformat() if until else None}


def _revoke(state: FaceState, body: OfUser) -> Json:
    robot = state.cloud.account(body.user)
    user_id = state.robot(robot).id if robot is not None else user_named(state, body.user).id
    return {"revoked": state.tokens.drop(user_id=user_id)}
