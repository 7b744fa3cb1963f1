"""The mailboxes of the world by user, opened when first needed."""

from roomstead_sandbox.world.clock import Clock
from roomstead_sandbox.world.directory import Directory
from roomstead_sandbox.world.errors import NotFound
from roomstead_sandbox.world.mailbox import Mailbox
from roomstead_sandbox.world.people import MailboxKind
from roomstead_sandbox.world.stream import Stream


class Mailboxes:
    """Every mailbox that was ever opened. An empty one costs nothing until then."""

    def __init__(self, directory: Directory, clock: Clock, stream: Stream) -> None:
        self._directory, self._clock, self._stream = directory, clock, stream
        self._by_user: dict[str, Mailbox] = {}
        self._by_number: dict[int, Mailbox] = {}

    def of(self, user_id: str) -> Mailbox:
        """The mailbox of a user; raises NotFound for a user without one that lives here.

        A mailbox that is being moved (STALE) or was soft-deleted keeps its items and is found, too: whether a
        client may see it is for the face to decide.
        """
        held = self._by_user.get(user_id)
        if held is not None:
            return held
        user = self._directory.user(user_id)
        if user.mailbox in (MailboxKind.NONE, MailboxKind.ON_PREMISES):
            raise NotFound("This user has no mailbox here.")
        return self.open(user.id, len(self._by_user) + 1)

    def open(self, user_id: str, number: int) -> Mailbox:
        """A new mailbox with this number (for loading)."""
        mailbox = Mailbox(user_id, number, self._clock, self._stream)
        self._by_user[user_id] = self._by_number[number] = mailbox
        return mailbox

    def numbered(self, number: int) -> Mailbox | None:
        """A mailbox by the number that item ids carry."""
        return self._by_number.get(number)

    def all(self) -> list[Mailbox]:
        """Every opened mailbox."""
        return list(self._by_user.values())

    def move(self, user_id: str) -> Mailbox:
        """Move a mailbox to another server: movable ids change and every cursor into its log dies."""
        mailbox = self.of(user_id)
        mailbox.generation += 1
        mailbox.forget_log()
        return mailbox

    def clear(self) -> None:
        """Forget all mailboxes."""
        self._by_user.clear()
        self._by_number.clear()
