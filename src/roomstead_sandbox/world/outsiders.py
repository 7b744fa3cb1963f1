"""People outside every tenant: they organise meetings, and answer invitations as scripted."""

from dataclasses import dataclass, replace

from roomstead_sandbox.world import differences
from roomstead_sandbox.world.clock import Arguments
from roomstead_sandbox.world.core import Core
from roomstead_sandbox.world.errors import NotFound
from roomstead_sandbox.world.events import Answer, Content, Person, without_answers
from roomstead_sandbox.world.post import OUTSIDE, Draft, MailKind, Message

ANSWER = "outsiders.answer"


@dataclass(frozen=True, slots=True)
class Script:
    """How somebody outside answers whatever reaches them, and after how many seconds."""

    answer: Answer
    seconds: float = 60.0
    comment: str = ""


@dataclass(slots=True)
class Meeting:
    """A meeting whose organiser has no mailbox in this world."""

    organizer: Person
    content: Content
    sequence: int = 0


class Outsiders:
    """The rest of the world, as far as calendars meet it."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.scripts: dict[str, Script] = {}  # by address, lower case
        self.meetings: dict[str, Meeting] = {}  # by UID
        core.clock.on(OUTSIDE, self._arrived)
        core.clock.on(ANSWER, self._answer)

    def script(self, address: str, script: Script) -> None:
        """From now on this address answers so."""
        self.scripts[address.casefold()] = script

    def organize(self, organizer: Person, content: Content) -> str:
        """Somebody outside invites people and rooms of this world. Returns the meeting's UID."""
        ical_uid = self._core.new_ical_uid()
        self.meetings[ical_uid] = Meeting(organizer, without_answers(content))
        self._mail(ical_uid, MailKind.REQUEST, tuple(a.address for a in content.attendees))
        return ical_uid

    def change(self, ical_uid: str, content: Content) -> None:
        """They change it. Raises NotFound."""
        meeting = self._meeting(ical_uid)
        difference = differences.between(meeting.content, content)
        meeting.content = without_answers(content)
        meeting.sequence += difference.time
        if difference.removed:
            self._mail(ical_uid, MailKind.CANCELLATION, tuple(a.address for a in difference.removed))
        self._mail(ical_uid, MailKind.UPDATE, tuple(a.address for a in content.attendees), resets=difference.time)

    def cancel(self, ical_uid: str, comment: str = "") -> None:
        """They cancel it. Raises NotFound."""
        meeting = self._meeting(ical_uid)
        recipients = tuple(a.address for a in meeting.content.attendees)
        self._mail(ical_uid, MailKind.CANCELLATION, recipients, comment=comment)
        del self.meetings[ical_uid]

    def clear(self) -> None:
        """Forget scripts and meetings."""
        self.scripts.clear()
        self.meetings.clear()

    def _meeting(self, ical_uid: str) -> Meeting:
        found = self.meetings.get(ical_uid)
        if found is None:
            raise NotFound("Nobody outside organises such a meeting.")
        return found

    def _mail(
        self,
        ical_uid: str,
        kind: MailKind,
        recipients: tuple[str, ...],
        *,
        resets: bool = False,
        comment: str = "",
    ) -> Message:
        meeting = self._meeting(ical_uid)
        draft = Draft(
            kind=kind,
            sender=meeting.organizer,
            sender_id=None,
            organizer=meeting.organizer,
            ical_uid=ical_uid,
            recipients=recipients,
            content=meeting.content,
            sequence=meeting.sequence,
            resets=resets,
            comment=comment,
        )
        return self._core.post.send(draft, self._core.delays.deliver)

    def _arrived(self, arguments: Arguments) -> None:
        """Mail left this world: it is in the log; answer it if there is a script."""
        address = str(arguments["to"])
        message = self._core.post.message(int(str(arguments["message"])))
        message.delivered.append(address)
        script = self.scripts.get(address.casefold())
        if script is not None and message.draft.kind in (MailKind.REQUEST, MailKind.UPDATE):
            self._core.clock.after(script.seconds, ANSWER, message=message.number, address=address)

    def _answer(self, arguments: Arguments) -> None:
        address = str(arguments["address"])
        request = self._core.post.message(int(str(arguments["message"]))).draft
        script = self.scripts.get(address.casefold())
        if script is None:
            return
        named = request.content.attendee(address)
        response = replace(
            request,
            kind=MailKind.RESPONSE,
            sender=Person(address, named.name if named else ""),
            sender_id=None,
            recipients=(request.organizer.address,),
            answer=script.answer,
            comment=script.comment,
            resets=False,
        )
        self._core.post.send(response, 0.0)
