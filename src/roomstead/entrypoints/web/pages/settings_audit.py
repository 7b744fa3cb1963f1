"""Settings → Audit: who did what."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from fastapi import APIRouter, Response

from roomstead.application.people.read_audit import ReadAudit
from roomstead.application.ports.people import AuditFilter
from roomstead.domain.errors import InvalidInput
from roomstead.entrypoints.web.pages.forms import Asked, FilledForm
from roomstead.entrypoints.web.pages.visits import UNPROCESSABLE, AdminVisit, Visit

router = APIRouter(include_in_schema=False)

AUDIT = "/settings/audit"
KINDS = (
    "booking",
    "event",
    "integration",
    "service_account",
    "verification",
    "must_be_refused",
    "room",
    "rooms",
    "building",
    "person",
    "attempt",
    "token",
    "sign_in",
    "webhook",
    "setup",
)
"""What actions begin with, in the order of the filter."""

CHOSEN = ("action", "since", "until", "actor", "subject", "integration")


@router.get(AUDIT)
async def show(visit: AdminVisit, asked: Asked) -> Response:
    """Entries, newest first."""
    chosen = {name: asked.text(name) for name in CHOSEN}
    try:
        wanted = _filter(visit, asked)
        found = await visit.cases.read_audit(ReadAudit(wanted, asked.text("cursor")), visit.actor)
    except InvalidInput as error:
        return visit.show(
            "audit.html", status=UNPROCESSABLE, found=None, chosen=chosen, kinds=KINDS, mistakes=error.mistakes
        )
    return visit.show("audit.html", found=found, chosen=chosen, kinds=KINDS, mistakes={})


def _filter(visit: Visit, asked: FilledForm) -> AuditFilter:
    return AuditFilter(
        subject_id=_id(asked, "subject"),
        actor_id=_id(asked, "actor"),
        integration_id=_id(asked, "integration"),
        action=asked.text("action"),
        since=_day(visit, asked, "since", timedelta(0)),
        until=_day(visit, asked, "until", timedelta(days=1)),
    )


def _id(asked: FilledForm, name: str) -> UUID | None:
    text = asked.text(name)
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise InvalidInput({name: "This address was not copied whole."}) from error


def _day(visit: Visit, asked: FilledForm, name: str, later: timedelta) -> datetime | None:
    """Midnight in the viewer's zone at the beginning of that day, or of the one after."""
    text = asked.text(name)
    if not text:
        return None
    try:
        day = date.fromisoformat(text) + later
        return datetime.combine(day, time(), visit.viewer.moments.zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidInput({name: "Choose a day, like 2026-11-23."}) from error
