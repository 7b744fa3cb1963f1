"""The audit trail."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from roomstead.application.people.read_audit import ReadAudit
from roomstead.application.ports.people import AuditFilter
from roomstead.domain.errors import Forbidden, InvalidInput
from roomstead.entrypoints.web.api.router import api_router
from roomstead.entrypoints.web.deps import Cases, CurrentActor
from roomstead.entrypoints.web.problems import documented
from roomstead.entrypoints.wire.base import Listing, Moment, PageQuery, Text
from roomstead.entrypoints.wire.people import AuditShape

router = api_router("audit")


class AuditQuery(PageQuery):
    """Which entries."""

    subject_kind: Text = Field(default="", max_length=50)
    subject_id: UUID | None = None
    actor_id: UUID | None = None
    integration_id: UUID | None = None
    action: Text = Field(default="", max_length=100, description="Itself and what it begins, such as `booking`.")
    since: Moment | None = None
    until: Moment | None = None

    def filter(self) -> AuditFilter:
        """As the use case wants it."""
        return AuditFilter(
            subject_kind=self.subject_kind,
            subject_id=self.subject_id,
            actor_id=self.actor_id,
            integration_id=self.integration_id,
            action=self.action,
            since=self.since,
            until=self.until,
        )


@router.get("/audit", summary="Read the audit trail", responses=documented(Forbidden, InvalidInput))
async def read_audit(query: Annotated[AuditQuery, Query()], cases: Cases, actor: CurrentActor) -> Listing[AuditShape]:
    """Newest first. For Global Admins."""
    page = await cases.read_audit(ReadAudit(query.filter(), query.cursor, query.limit), actor)
    return Listing(items=[AuditShape.of(entry) for entry in page.items], next_cursor=page.next_cursor)
