"""What a booking would do, as the API and the commands show it."""

from uuid import UUID

from pydantic import Field

from roomstead.application.booking.preview import BookingPreview
from roomstead.domain.hosting import HostKind
from roomstead.entrypoints.wire.base import Moment, Shape
from roomstead.entrypoints.wire.bookings import SpanShape
from roomstead.entrypoints.wire.rooms import OfferedRoomShape


class HostPreviewShape(Shape):
    """Who would host, and why."""

    kind: HostKind
    address: str
    sentence: str
    label: str | None
    known_at: Moment | None
    age_seconds: float | None = Field(
        description="How old the finding is that this rests on; null: nothing was probed."
    )
    is_certain: bool = Field(description="False: the mailbox is asked before anything is written.")
    cause: str | None = Field(description="For Global Admins.")
    code: str | None = Field(description="The provider's own word for it. For Global Admins.")


class RefusalShape(Shape):
    """Why booking would be refused."""

    code: str
    sentence: str
    remedy: str


class PreviewShape(Shape):
    """What booking would do."""

    room_id: UUID
    room_name: str
    host: HostPreviewShape | None = Field(description="Null: it would be refused.")
    refusals: list[RefusalShape]
    conflicts: list[SpanShape] = Field(description="When the room is taken.")
    alternatives: list[OfferedRoomShape] = Field(description="Rooms that are free instead, best first.")
    mailed: list[str] = Field(description="Everybody who would get an invitation.")
    outsiders: int = Field(description="How many of them are outside the organisation.")
    warnings: list[str]

    @classmethod
    def of(cls, preview: BookingPreview) -> "PreviewShape":
        """The shape of a preview."""
        return cls(
            room_id=preview.room.id,
            room_name=preview.room.name,
            host=_host_preview(preview),
            refusals=[
                RefusalShape(code=each.code, sentence=each.sentence, remedy=each.remedy) for each in preview.refusals
            ],
            conflicts=[SpanShape.of(block.span) for block in preview.conflicts],
            alternatives=[OfferedRoomShape.of(each.room) for each in preview.alternatives],
            mailed=list(preview.mailed),
            outsiders=preview.outsiders,
            warnings=list(preview.warnings),
        )


def _host_preview(preview: BookingPreview) -> HostPreviewShape | None:
    host = preview.host
    if host is None:
        return None
    return HostPreviewShape(
        kind=host.kind,
        address=host.address,
        sentence=host.sentence,
        label=host.label,
        known_at=host.known_at,
        age_seconds=None if host.age is None else host.age.total_seconds(),
        is_certain=host.is_certain,
        cause=host.cause,
        code=host.code,
    )
