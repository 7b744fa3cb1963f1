"""The service account of an integration: add, edit, remove, and the bookings that it hosts."""

from uuid import UUID

from fastapi import APIRouter, Response

from roomstead.application.booking.list_bookings import ListBookings
from roomstead.application.integration.add_service_mailbox import AddServiceMailbox
from roomstead.application.integration.edit_integration import EditIntegration
from roomstead.application.integration.edit_service_mailbox import EditServiceMailbox
from roomstead.application.integration.remove_service_mailbox import RemoveServiceMailbox
from roomstead.application.integration.request_verification import RequestVerification
from roomstead.application.integration_overview import IntegrationOverview
from roomstead.domain.errors import AppError, Conflict, InvalidInput, NotFound, Refused, StaleRevision
from roomstead.domain.integration import ServiceMailbox, ServiceMailboxStatus, VerificationId
from roomstead.domain.mailbox import IntegrationId
from roomstead.entrypoints.web.deps import service_of
from roomstead.entrypoints.web.pages.forms import Asked, Fields, FilledForm
from roomstead.entrypoints.web.pages.integration_verify import VERIFICATIONS
from roomstead.entrypoints.web.pages.integrations import INTEGRATIONS
from roomstead.entrypoints.web.pages.once import once
from roomstead.entrypoints.web.pages.visits import UNPROCESSABLE, AdminVisit, Visit, trouble

router = APIRouter(include_in_schema=False)

PLACE = f"{INTEGRATIONS}/{{integration_id}}/service-account"
CONFLICT = 409


@router.get(PLACE)
async def show(visit: AdminVisit, integration_id: UUID, asked: Asked) -> Response:
    """Add, or edit and remove."""
    return await _page(visit, IntegrationId(integration_id), cursor=asked.text("cursor"))


@router.post(PLACE)
async def save(visit: AdminVisit, integration_id: UUID, fields: Fields) -> Response:
    """“Verify integration” for a new one, “Update” for another address: verified first in both cases."""
    held, address = IntegrationId(integration_id), fields.text("address")

    async def work() -> Response:
        try:
            verification_id = await _change(visit, held, address, fields)
        except (InvalidInput, Conflict, StaleRevision) as error:
            return await _page(visit, held, typed=address, error=error)
        return visit.go(f"{VERIFICATIONS}/{verification_id}")

    return await once(visit.request, visit.actor, work)


async def _change(visit: Visit, held: IntegrationId, address: str, fields: FilledForm) -> VerificationId:
    version = fields.number("version")
    if version is not None:
        change = await visit.cases.edit_service_mailbox(EditServiceMailbox(held, address, version), visit.actor)
        return change.verification.id
    added = await visit.cases.add_service_mailbox(AddServiceMailbox(held, address), visit.actor)
    return added.verification.id


@router.post(f"{PLACE}/remove")
async def remove(visit: AdminVisit, integration_id: UUID, fields: Fields) -> Response:
    """Its consequence stood above the button."""
    held = IntegrationId(integration_id)
    command = RemoveServiceMailbox(held, is_confirmed=True, expected_version=fields.number("version") or 0)
    try:
        removed = await visit.cases.remove_service_mailbox(command, visit.actor)
    except (Conflict, StaleRevision, NotFound) as error:
        return await _page(visit, held, error=error)
    return visit.go(INTEGRATIONS, "account.removed", address=removed.mailbox.address)


@router.post(f"{INTEGRATIONS}/{{integration_id}}/address")
async def change_address(visit: AdminVisit, integration_id: UUID, fields: Fields) -> Response:
    """The last step of the wizard again: another address, or the other kind of it."""
    held, address = IntegrationId(integration_id), fields.text("address").strip()

    async def work() -> Response:
        seen = await visit.cases.read_integration(held, visit.actor)
        try:
            if fields.is_on("use_as_service_account"):
                verification_id = await _with_account(visit, seen, address)
            else:
                verification_id = await _with_own_address(visit, seen, address)
        except (InvalidInput, Conflict) as error:
            return await _page(visit, held, typed=address, error=error)
        return visit.go(f"{VERIFICATIONS}/{verification_id}?added")

    return await once(visit.request, visit.actor, work)


async def _with_account(visit: Visit, seen: IntegrationOverview, address: str) -> VerificationId:
    held = seen.integration.id
    account = in_place(seen)
    if account is None:
        return (await visit.cases.add_service_mailbox(AddServiceMailbox(held, address), visit.actor)).verification.id
    if account.mailbox.address == address.casefold():
        return (await visit.cases.request_verification(RequestVerification(held), visit.actor)).id
    return (await visit.cases.edit_service_mailbox(EditServiceMailbox(held, address), visit.actor)).verification.id


async def _with_own_address(visit: Visit, seen: IntegrationOverview, address: str) -> VerificationId:
    held = seen.integration.id
    await visit.cases.edit_integration(EditIntegration(held, setup_address=address), visit.actor)
    account = in_place(seen)
    if account is not None and account.status is ServiceMailboxStatus.PENDING:
        await visit.cases.remove_service_mailbox(RemoveServiceMailbox(held), visit.actor)
    return (await visit.cases.request_verification(RequestVerification(held), visit.actor)).id


def in_place(seen: IntegrationOverview) -> ServiceMailbox | None:
    """The one that would be edited: active, or still pending."""
    by_status = {each.account.status: each.account for each in seen.service_accounts}
    return by_status.get(ServiceMailboxStatus.ACTIVE) or by_status.get(ServiceMailboxStatus.PENDING)


async def _page(
    visit: Visit, held: IntegrationId, *, typed: str = "", error: AppError | None = None, cursor: str = ""
) -> Response:
    seen = await visit.cases.read_integration(held, visit.actor)
    now = service_of(visit.request).clock.now()
    listing = ListBookings(since=now, cursor=cursor, hosted_in=held)
    present = in_place(seen)
    return visit.show(
        "service_account.html",
        status=_status(error),
        seen=seen,
        integration=seen.integration,
        present=next((each for each in seen.service_accounts if present and each.account.id == present.id), None),
        retiring=[each for each in seen.service_accounts if each.account.status is ServiceMailboxStatus.RETIRING],
        bookings=await visit.cases.list_bookings(listing, visit.actor),
        typed=typed,
        **trouble(error),
    )


def _status(error: AppError | None) -> int:
    if error is None:
        return 200
    return UNPROCESSABLE if isinstance(error, InvalidInput) or not isinstance(error, Refused) else CONFLICT
