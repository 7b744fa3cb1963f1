"""What differs between two versions of a booking, written; and the slots that follow from it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, update
from sqlalchemy.dialects.postgresql import insert as insert_or_leave
from sqlalchemy.ext.asyncio import AsyncConnection

from roomstead.adapters.db.booking_rows import (
    attendee_columns,
    booking_columns,
    hosting_columns,
    intent_columns,
    occurrence_columns,
    room_request_columns,
)
from roomstead.adapters.db.tables import (
    attendee,
    attendee_answer,
    booking,
    booking_occurrence,
    hosting,
    intent,
    occurrence_room,
    room_busy,
)
from roomstead.adapters.db.webhook_events import record_events
from roomstead.domain.booking import Booking, Occurrence, Placement
from roomstead.domain.booking_claims import placements_to_hold
from roomstead.domain.event import ResponseStatus
from roomstead.domain.webhook_news import booking_events

CLAIM = "claim"


class BookingSaver:
    """Writes one difference on one connection."""

    def __init__(self, connection: AsyncConnection, before: Booking, after: Booking, at: datetime) -> None:
        """``before`` is as stored and locked."""
        self._connection = connection
        self._before = before
        self._after = after
        self._at = at

    async def save(self) -> tuple[Placement, ...]:
        """Write everything that differs; answers the slots that others hold."""
        old, new = booking_columns(self._before), booking_columns(self._after)
        if old != new:
            await self._connection.execute(update(booking).where(booking.c.id == self._after.id).values(**new))
        for before, after in zip(self._before.occurrences, self._after.occurrences, strict=True):
            await self._save_occurrence(before, after)
        await self._save_attendees()
        await self._save_hosting()
        await self._save_intents()
        await record_events(self._connection, booking_events(self._before, self._after, self._at))
        return await self._save_claims()

    async def _save_occurrence(self, before: Occurrence, after: Occurrence) -> None:
        if occurrence_columns(before) != occurrence_columns(after):
            await self._connection.execute(
                update(booking_occurrence)
                .where(booking_occurrence.c.id == after.id)
                .values(**occurrence_columns(after))
            )
        old = {request.id: request for request in before.rooms}
        for request in after.rooms:
            known = old.pop(request.id, None)
            values = room_request_columns(request)
            if known is None:
                await self._connection.execute(
                    insert(occurrence_room).values(
                        id=request.id, occurrence_id=after.id, room_id=request.room.id, **values
                    )
                )
            elif room_request_columns(known) != values:
                await self._connection.execute(
                    update(occurrence_room).where(occurrence_room.c.id == request.id).values(**values)
                )
            if request.answer is not (known.answer if known else ResponseStatus.NEEDS_ACTION):
                await self._keep_answer(after, request.room.mailbox.address, request.answer, request.answered_at)
        if old:
            await self._connection.execute(delete(occurrence_room).where(occurrence_room.c.id.in_(old)))

    async def _keep_answer(
        self, occurrence: Occurrence, address: str, response: ResponseStatus, answered_at: datetime | None
    ) -> None:
        await self._connection.execute(
            insert(attendee_answer).values(
                occurrence_id=occurrence.id,
                address=address,
                response=response.value,
                answered_at=answered_at,
                seen_at=self._at,
            )
        )

    async def _save_attendees(self) -> None:
        old = {each.address: each for each in self._before.attendees}
        new_rows: list[dict[str, Any]] = []
        for each in self._after.attendees:
            known = old.pop(each.address, None)
            values = attendee_columns(each)
            if known is None:
                new_rows.append({"booking_id": self._after.id, "address": each.address, **values})
            elif attendee_columns(known) != values:
                await self._connection.execute(
                    update(attendee)
                    .where(attendee.c.booking_id == self._after.id, attendee.c.address == each.address)
                    .values(**values)
                )
            if each.response is not (known.response if known else ResponseStatus.NEEDS_ACTION):
                await self._keep_answer(self._after.occurrence, each.address, each.response, each.answered_at)
        if old:
            await self._connection.execute(
                delete(attendee).where(attendee.c.booking_id == self._after.id, attendee.c.address.in_(old))
            )
        if new_rows:
            await self._connection.execute(insert(attendee), new_rows)

    async def _save_hosting(self) -> None:
        before, after = self._before.hosting, self._after.hosting
        if after is None or after == before:
            return
        if before is not None and before.id == after.id:
            await self._connection.execute(
                update(hosting).where(hosting.c.id == after.id).values(**hosting_columns(after))
            )
            return
        if before is not None:
            await self._connection.execute(
                update(hosting).where(hosting.c.id == before.id).values(valid_to=after.decided_at)
            )
        await self._connection.execute(
            insert(hosting).values(id=after.id, booking_id=self._after.id, **hosting_columns(after))
        )

    async def _save_intents(self) -> None:
        old = {each.id: each for each in self._before.intents}
        for each in self._after.intents:
            known = old.get(each.id)
            values = intent_columns(each)
            if known is None:
                await self._connection.execute(
                    insert(intent).values(
                        id=each.id,
                        booking_id=self._after.id,
                        seq=each.seq,
                        kind=each.kind.value,
                        actor={"name": each.actor_name},
                        created_at=each.created_at,
                        **values,
                    )
                )
            elif intent_columns(known) != values:
                await self._connection.execute(update(intent).where(intent.c.id == each.id).values(**values))

    async def _save_claims(self) -> tuple[Placement, ...]:
        wanted = placements_to_hold(self._after)
        if wanted == placements_to_hold(self._before):
            return ()
        requests = self._requests()
        await self._connection.execute(
            delete(room_busy).where(room_busy.c.kind == CLAIM, room_busy.c.ref.in_(requests.values()))
        )
        lost = [
            placement
            for placement in wanted
            if placement.room_no in requests and not await self._claim(placement, requests[placement.room_no])
        ]
        return tuple(lost)

    def _requests(self) -> dict[int, UUID]:
        """The room requests that slots hang on, by room; those of rooms that left come along to be given up."""
        both = (self._before, self._after)
        return {
            request.room.room_no: request.id
            for version in both
            for occurrence in version.occurrences
            for request in occurrence.rooms
        }

    async def _claim(self, placement: Placement, ref: UUID) -> bool:
        result = await self._connection.execute(
            insert_or_leave(room_busy)
            .values(
                room_no=placement.room_no,
                blocks_from=placement.span.start,
                blocks_to=placement.span.end,
                kind=CLAIM,
                ref=ref,
            )
            .on_conflict_do_nothing()
            .returning(room_busy.c.id)
        )
        return result.first() is not None
