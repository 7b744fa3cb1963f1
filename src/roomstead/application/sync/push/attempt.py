"""One attempt at one act: decided, stored, sent, and its outcome stored."""

from roomstead.application import settling
from roomstead.application.policy import Writes
from roomstead.application.ports.calendar import CalendarProvider, EventRef, PreparedWrite
from roomstead.application.ports.ledger import Mailing
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitOfWork
from roomstead.application.prepared import from_stored, to_stored
from roomstead.application.sync.push.act import Act, PushContext, Step
from roomstead.application.sync.push.host import settle_host
from roomstead.domain.booking import HELD_BY_DRY_RUN, Booking, IntentKind
from roomstead.domain.booking_settling import Trouble
from roomstead.domain.errors import Broken
from roomstead.domain.event import AttendeeRole, CalendarEvent
from roomstead.domain.looking import FIRST_LOOK
from roomstead.domain.mailbox import domain_of
from roomstead.domain.outgoing import outgoing_event
from roomstead.domain.people import SYSTEM

_NOT_SENT = "Dry run: this is shown and not sent."
_PAST = {IntentKind.CREATE: "created", IntentKind.CHANGE: "changed", IntentKind.CANCEL: "cancelled"}


class Attempt:
    """One attempt at one act, and how far it came."""

    def __init__(self, context: PushContext, act: Act) -> None:
        """Nothing is done yet."""
        self.act = act
        self.was_begun = False
        self._context = context

    async def make(self, provider: CalendarProvider) -> Step:
        """Decide, store, send, store the outcome. Raises whatever keeps it from getting through."""
        prepared = await self._decide(provider)
        if prepared is None:
            return Step.GO_ON
        if self._context.policy.writes is Writes.SHOWN:
            return await self._show(prepared)
        if not await self._begin(prepared):
            return Step.GO_ON
        self.was_begun = True
        event = await provider.send(prepared)
        await self._sent(event)
        return Step.GO_ON

    async def _decide(self, provider: CalendarProvider) -> PreparedWrite | None:
        """The request; None when the booking changed while it was decided, or nothing has to be sent."""
        act = self.act
        if act.intent.request is not None:
            return from_stored(act.intent.request)
        if act.intent.kind is IntentKind.CREATE:
            return await self._decide_create(provider)
        if act.hosting.event_id is None:
            await self._without_event()
            return None
        ref = EventRef(act.hosting.mailbox, act.hosting.event_id, act.hosting.ical_uid, act.hosting.revision)
        if act.intent.kind is IntentKind.CANCEL:
            return provider.prepare_cancel(ref, act.intent.wanted.comment)
        return provider.prepare_change(ref, outgoing_event(act.booking, act.intent, booking_url=self._booking_url()))

    async def _decide_create(self, provider: CalendarProvider) -> PreparedWrite | None:
        booking = await settle_host(self._context, provider, self.act)
        if booking is None:
            return None
        self.act = Act(booking, self.act.intent, self.act.integration)
        event = outgoing_event(booking, self.act.intent, booking_url=self._booking_url())
        return provider.prepare_create(self.act.hosting.mailbox, event)

    async def _without_event(self) -> None:
        """Nothing lies in any calendar: there is nothing to cancel, and nothing can be changed."""
        if self.act.intent.kind is not IntentKind.CANCEL:
            raise Broken("A change was asked for to an event that was never made.")
        now = self._context.clock.now()
        async with self._context.units() as uow:
            await settling.record_sent(
                uow, self.act.booking.id, self.act.intent.id, None, now=now, policy=self._context.policy
            )
            await uow.commit()

    def _booking_url(self) -> str:
        return f"{self._context.policy.public_url.rstrip('/')}/bookings/{self.act.booking.id}"

    async def _show(self, prepared: PreparedWrite) -> Step:
        """Dry run: keep what would be sent for an admin to see."""
        async with self._context.units() as uow:
            trouble = Trouble(HELD_BY_DRY_RUN, _NOT_SENT)
            now = self._context.clock.now()
            await settling.record_held(uow, self.act.booking.id, self.act.intent.id, HELD_BY_DRY_RUN, trouble, now=now)
            await self._audit(uow, f"event.{prepared.verb}_shown", {"would": list(prepared.summary)})
            await uow.commit()
        return Step.WAIT

    async def _begin(self, prepared: PreparedWrite) -> bool:
        now = self._context.clock.now()
        again_at = now + max(self._context.policy.push_patience, self.act.wait())
        async with self._context.units() as uow:
            begun = await settling.record_begun(
                uow, self.act.booking, self.act.intent.id, to_stored(prepared), now=now, again_at=again_at
            )
            await uow.commit()
        return begun is not None

    async def _sent(self, event: CalendarEvent | None) -> None:
        now = self._context.clock.now()
        async with self._context.units() as uow:
            booking = await settling.record_sent(
                uow, self.act.booking.id, self.act.intent.id, event, now=now, policy=self._context.policy
            )
            if booking is not None:
                await self._follow_up(uow, booking, event)
                await self._audit(uow, f"event.{_PAST[self.act.intent.kind]}", {})
            await uow.commit()

    async def _follow_up(self, uow: UnitOfWork, booking: Booking, event: CalendarEvent | None) -> None:
        """See to it that the room's answer is looked for, and that the room's copy is known as ours."""
        await uow.ledger.enter(self._mailing())
        if event is None:
            await uow.mirror.looked(booking.id, None, seen_at=self._context.clock.now())
            return
        if event.ical_uid is not None:
            await uow.mirror.adopt(booking.id, event.ical_uid)
        await uow.mirror.look_again([booking.id], self._context.clock.now() + FIRST_LOOK)

    def _mailing(self) -> Mailing:
        act = self.act
        event = outgoing_event(act.booking, act.intent, booking_url="")
        people = [each.address for each in event.attendees if each.role is not AttendeeRole.ROOM]
        return Mailing(
            integration_id=act.integration.id,
            host=act.hosting.mailbox.address,
            at=self._context.clock.now(),
            kind=act.intent.kind,
            act_id=act.intent.id,
            recipients=len(event.attendees) + len(event.withdrawn),
            outsiders=sum(domain_of(address) not in act.integration.domains for address in people),
        )

    async def _audit(self, uow: UnitOfWork, action: str, more: dict[str, object]) -> None:
        """Every write to a mailbox, with why it was that mailbox."""
        act = self.act
        await uow.audit.record(
            action,
            Subject("booking", act.booking.id),
            SYSTEM,
            at=self._context.clock.now(),
            integration_id=act.integration.id,
            detail={
                "host": act.hosting.mailbox.address,
                "host_kind": act.hosting.kind.value,
                "cause": act.hosting.cause.value,
                "provider_code": act.hosting.provider_code,
                "asked_by": act.intent.actor_name,
                "attempts": act.intent.attempts + 1,
                **more,
            },
        )
