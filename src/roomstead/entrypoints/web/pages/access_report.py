"""The access report: people and rooms × what Roomstead may do with their mailboxes (B3)."""

import csv
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from roomstead.application.integration.list_access import ListAccess
from roomstead.application.integration.probe_access import ProbeAccess
from roomstead.application.ports.access import AccessFilter, ListedAccess
from roomstead.domain.access import Capability, Verdict
from roomstead.domain.errors import IntegrationDisabled, InvalidInput
from roomstead.domain.mailbox import IntegrationId
from roomstead.entrypoints.web.pages.forms import Asked, Fields, FilledForm
from roomstead.entrypoints.web.pages.integration_verify import VERIFICATIONS
from roomstead.entrypoints.web.pages.integrations import INTEGRATIONS
from roomstead.entrypoints.web.pages.visits import UNPROCESSABLE, AdminVisit, Visit

router = APIRouter(include_in_schema=False)

PLACE = f"{INTEGRATIONS}/{{integration_id}}/access"
CHOSEN = ("search", "capability", "verdict")
CSV_PAGE = 200
CSV_COLUMNS = (
    "address",
    "name",
    "kind",
    "capability",
    "verdict",
    "cause",
    "code",
    "request_id",
    "tried_at",
    "changed_at",
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class MailboxRow:
    """What is known of one mailbox."""

    by_capability: Mapping[Capability, ListedAccess]

    @property
    def address(self) -> str:
        """Its address."""
        return self._any.access.address

    @property
    def name(self) -> str:
        """Whose it is."""
        return self._any.name

    @property
    def kind(self) -> str:
        """What it is."""
        return self._any.kind

    @property
    def refused(self) -> list[ListedAccess]:
        """What we may not."""
        return [each for each in self.by_capability.values() if each.access.verdict is Verdict.REFUSED]

    @property
    def probed_at(self) -> datetime:
        """When it was last tried."""
        return max(each.access.probed_at for each in self.by_capability.values())

    @property
    def changed_at(self) -> datetime:
        """Since when all of it is so."""
        return max(each.changed_at for each in self.by_capability.values())

    @property
    def _any(self) -> ListedAccess:
        return next(iter(self.by_capability.values()))


@router.get(PLACE)
async def show(visit: AdminVisit, integration_id: UUID, asked: Asked) -> Response:
    """Findings by address."""
    return await _page(visit, IntegrationId(integration_id), asked)


@router.get(f"{PLACE}.csv")
async def download(visit: AdminVisit, integration_id: UUID, asked: Asked) -> Response:
    """All of them that the filter lets through, as a table for spreadsheets."""
    held = IntegrationId(integration_id)
    await visit.cases.read_integration(held, visit.actor)
    return StreamingResponse(
        _lines(visit, held, _filter(asked)),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="roomstead-access.csv"'},
    )


@router.post(f"{PLACE}/probe")
async def probe(visit: AdminVisit, integration_id: UUID, fields: Fields) -> Response:
    """Try named mailboxes now."""
    held, typed = IntegrationId(integration_id), fields.text("addresses")
    command = ProbeAccess(held, tuple(typed.replace(",", " ").replace(";", " ").split()))
    try:
        asked = await visit.cases.probe_access(command, visit.actor)
    except InvalidInput as error:
        return await _page(visit, held, FilledForm({}), mistakes=error.mistakes, typed=typed)
    except IntegrationDisabled as error:
        return await _page(visit, held, FilledForm({}), mistakes={"addresses": error.message}, typed=typed)
    return visit.go(f"{VERIFICATIONS}/{asked.id}")


async def _page(
    visit: Visit,
    held: IntegrationId,
    asked: FilledForm,
    *,
    mistakes: dict[str, str] | None = None,
    typed: str = "",
) -> Response:
    seen = await visit.cases.read_integration(held, visit.actor)
    wanted = _filter(asked)
    found = await visit.cases.list_access(ListAccess(held, wanted, asked.text("cursor")), visit.actor)
    return visit.show(
        "access.html",
        status=UNPROCESSABLE if mistakes else 200,
        integration=seen.integration,
        found=found,
        rows=_by_mailbox(found.items),
        columns=[wanted.capability] if wanted.capability else list(Capability),
        chosen={name: asked.text(name) for name in CHOSEN},
        is_first=not asked.text("cursor"),
        capabilities=list(Capability),
        verdicts=[Verdict.GRANTED, Verdict.REFUSED],
        mistakes=mistakes or {},
        typed=typed,
    )


def _by_mailbox(found: Sequence[ListedAccess]) -> list[MailboxRow]:
    """Findings come by address: those of one stand together."""
    together = groupby(found, key=lambda each: each.access.address)
    return [MailboxRow({each.access.capability: each for each in group}) for _, group in together]


def _filter(asked: FilledForm) -> AccessFilter:
    return AccessFilter(
        asked.text("search").strip(),
        next((each for each in Capability if each.value == asked.text("capability")), None),
        next((each for each in Verdict if each.value == asked.text("verdict")), None),
    )


async def _lines(visit: Visit, held: IntegrationId, wanted: AccessFilter) -> AsyncIterator[str]:
    yield "\ufeff" + _csv([CSV_COLUMNS])  # spreadsheets take the mark as the sign of UTF-8
    cursor: str | None = ""
    while cursor is not None:
        page = await visit.cases.list_access(ListAccess(held, wanted, cursor, CSV_PAGE), visit.actor)
        yield _csv([_row(each) for each in page.items])
        cursor = page.next_cursor


def _row(listed: ListedAccess) -> Sequence[str]:
    access = listed.access
    row = (
        access.address,
        listed.name,
        listed.kind,
        access.capability.value,
        access.verdict.value,
        access.cause.value,
        access.provider_code,
        access.request_id,
        access.probed_at.isoformat(timespec="seconds"),
        listed.changed_at.isoformat(timespec="seconds"),
    )
    return [_harmless(cell) for cell in row]


def _harmless(cell: str) -> str:
    """Names come from people: a cell that begins like a formula is shown as text (OWASP: CSV injection)."""
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell


def _csv(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
