"""A verification on screen: live while it runs, by plain reload without scripts."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from roomstead.application.integration.mark_applied import MarkApplied
from roomstead.application.integration.read_verification import VerificationView
from roomstead.application.integration.request_verification import RequestVerification
from roomstead.application.verifying import TOPIC
from roomstead.bootstrap.service import Roomstead
from roomstead.domain.errors import NotFound
from roomstead.domain.integration import IntegrationStatus, RoomStatus, VerificationId
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.people import Actor
from roomstead.domain.verification import CheckKey, CheckStatus, Purpose
from roomstead.entrypoints.web.deps import service_of
from roomstead.entrypoints.web.health import is_worker_alive
from roomstead.entrypoints.web.pages.forms import Fields
from roomstead.entrypoints.web.pages.integrations import INTEGRATIONS
from roomstead.entrypoints.web.pages.once import once
from roomstead.entrypoints.web.pages.texts import texts_in
from roomstead.entrypoints.web.pages.verification_lines import Around, lines_of
from roomstead.entrypoints.web.pages.visits import AdminVisit, Visit
from roomstead.entrypoints.web.streams import LiveResponse

router = APIRouter(include_in_schema=False)

VERIFICATIONS = f"{INTEGRATIONS}/verifications"
AT_MOST_EVERY_SECONDS = 0.4
"""A run over thousands of rooms has news all the time; nobody reads faster."""


@router.get(f"{VERIFICATIONS}/{{verification_id}}")
async def show(visit: AdminVisit, verification_id: UUID) -> Response:
    """The page."""
    return visit.show("verification.html", is_part=False, **await _seen(visit, verification_id))


@router.get(f"{VERIFICATIONS}/{{verification_id}}/lines")
async def show_lines(visit: AdminVisit, verification_id: UUID) -> Response:
    """The part that changes."""
    return visit.show("verification_lines.html", is_part=True, **await _seen(visit, verification_id))


@router.get(f"{VERIFICATIONS}/{{verification_id}}/news")
async def news(visit: AdminVisit, verification_id: UUID) -> Response:
    """Server-sent events: look again. One that has ended says so once: the page may be older than its end."""
    held = VerificationId(verification_id)
    await visit.cases.follow_verification(held, visit.actor)
    return LiveResponse(visit.request, visit.actor, _news(service_of(visit.request), held, visit.actor))


async def _news(service: Roomstead, held: VerificationId, actor: Actor) -> AsyncGenerator[str]:
    """Listens first and looks then, so that no end falls between the two."""
    async with service.announcements.about(TOPIC, held) as announced:
        yield "data: begin\n\n"
        if not (await service.cases.follow_verification(held, actor)).status.is_open:
            return
        async for _ in announced:
            await asyncio.sleep(AT_MOST_EVERY_SECONDS)
            yield "data: changed\n\n"
            if not (await service.cases.follow_verification(held, actor)).status.is_open:
                return


@router.post(f"{INTEGRATIONS}/{{integration_id}}/verify")
async def verify(visit: AdminVisit, integration_id: UUID, fields: Fields) -> Response:
    """Verify all of it, or the part that the button names."""
    purpose = next((each for each in Purpose if each.value == fields.text("purpose")), Purpose.INTEGRATION)

    async def work() -> Response:
        command = RequestVerification(IntegrationId(integration_id), purpose)
        asked = await visit.cases.request_verification(command, visit.actor)
        return visit.go(f"{VERIFICATIONS}/{asked.id}")

    return await once(visit.request, visit.actor, work)


@router.post(f"{VERIFICATIONS}/{{verification_id}}/applied")
async def mark_applied(visit: AdminVisit, verification_id: UUID, fields: Fields) -> Response:
    """“I have run this”: look again while the change spreads."""
    check = next((each for each in CheckKey if each.value == fields.text("check")), None)
    if check is None:
        raise NotFound("This verification has no such check.")
    await visit.cases.mark_applied(MarkApplied(VerificationId(verification_id), check), visit.actor)
    return visit.go(f"{VERIFICATIONS}/{verification_id}", "verify.marked")


@router.post(f"{INTEGRATIONS}/{{integration_id}}/saved")
async def save(visit: AdminVisit, integration_id: UUID) -> Response:
    """The end of the wizard: rooms went live as they passed, so all that is left is to say so."""
    seen = await visit.cases.read_integration(IntegrationId(integration_id), visit.actor)
    return visit.go(INTEGRATIONS, "verify.saved", name=seen.integration.name, count=seen.rooms.get(RoomStatus.LIVE, 0))


async def _seen(visit: Visit, verification_id: UUID) -> dict[str, Any]:
    view = await visit.cases.read_verification(VerificationId(verification_id), visit.actor)
    seen = await visit.cases.read_integration(view.verification.integration_id, visit.actor)
    service = service_of(visit.request)
    around = Around(
        texts_in(visit.viewer.moments.language),
        seen.integration.provider,
        seen.integration.name,
        f"{service.policy.public_url}{VERIFICATIONS}/{verification_id}",
    )
    last = seen.last_verification
    return {
        "view": view,
        "verification": view.verification,
        "lines": lines_of(view, around),
        "counts": _counts(view),
        "seen": seen,
        "integration": seen.integration,
        "is_setting_up": seen.integration.status is IntegrationStatus.SETTING_UP
        or "added" in visit.request.query_params,
        "account": _account_of(view, seen.service_accounts),
        "is_worked_on": is_worker_alive(await visit.cases.read_vitals()),
        "live": seen.rooms.get(RoomStatus.LIVE, 0),
        "not_live": seen.rooms.get(RoomStatus.UNREACHABLE, 0) + seen.rooms.get(RoomStatus.NEW, 0),
        "newer": last if last is not None and last.id != view.verification.id else None,
    }


def _account_of(view: VerificationView, accounts: Any) -> Any:  # noqa: ANN401 - for the template
    """The service account that it is about, or the one in force."""
    by_id = {each.account.id: each.account for each in accounts}
    named = view.verification.service_mailbox_id
    if named is not None and named in by_id:
        return by_id[named]
    return next((each.account for each in accounts), None)


_COUNTED = (CheckStatus.PASSED, CheckStatus.FAILED, CheckStatus.PROPAGATING, CheckStatus.NOT_RUN)


def _counts(view: VerificationView) -> list[tuple[CheckStatus, int]]:
    """How many checks stand how; what did not happen is not counted up."""
    found = Counter(each.check.status for each in view.checks)
    return [(status, found[status]) for status in _COUNTED if found[status]]
