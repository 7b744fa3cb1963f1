"""In whose name a call is made. Google has three ways in, and each answers this differently.

*Delegation* acts for everybody: a person's calendar is asked for in that person's name, rooms and directory in the name
of the service account or an admin. *Shared rooms* need no delegation: the cloud identity itself asks, and sees what was
shared with it. *A signed-in mailbox* acts for itself alone, and sees the rooms that were shared with it.
"""

from dataclasses import dataclass
from typing import Protocol

from roomstead.adapters.providers.google.calls import GoogleCall, is_room
from roomstead.adapters.providers.google.scopes import OWN_EVENTS, READ_EVENTS, scope_for
from roomstead.domain.access import AccessCause
from roomstead.domain.errors import OutOfReach
from roomstead.domain.mailbox import Address

NOT_DELEGATED = "no_delegation"
"""Our own word, where no call was needed to know."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Whose token, for which scope. ``subject`` None: the cloud identity's own."""

    subject: Address | None
    scope: str
    is_mailbox_sign_in: bool = False
    """Whether the token comes from a mailbox's own sign-in rather than from the cloud identity."""


class Way(Protocol):
    """Decides who asks."""

    @property
    def is_delegated(self) -> bool:
        """Whether a cloud identity acts in other people's names."""
        ...

    def itself(self) -> Asker:
        """Whoever signs in, in no other name."""
        ...

    def asker(self, call: GoogleCall) -> Asker:
        """Who makes this call. Raises OutOfReach for a mailbox that this way never reaches."""
        ...

    def reference(self, asker: Asker) -> Asker | None:
        """Somebody else whose token tells whether a refusal is about one subject or about everybody."""
        ...


@dataclass(frozen=True, slots=True)
class Delegation:
    """The cloud identity acts in anybody's name. ``acting``: the service account, or an admin's own address."""

    acting: Address | None
    is_delegated: bool = True

    def itself(self) -> Asker:
        """The cloud identity."""
        return Asker(None, READ_EVENTS)

    def asker(self, call: GoogleCall) -> Asker:
        """The person whose calendar it is; for rooms and directory whoever acts."""
        person = None if call.mailbox is None or is_room(call.mailbox.address) else call.mailbox.address
        return Asker(person or self.acting, scope_for(call))

    def reference(self, asker: Asker) -> Asker | None:
        """Whoever acts, for the same scope."""
        if self.acting is None or asker.subject in {None, self.acting}:
            return None
        return Asker(self.acting, asker.scope)


@dataclass(frozen=True, slots=True)
class SharedRooms:
    """The cloud identity asks in its own name and sees what was shared with it; it can host nothing."""

    is_delegated: bool = False

    def itself(self) -> Asker:
        """The cloud identity."""
        return Asker(None, READ_EVENTS)

    def asker(self, call: GoogleCall) -> Asker:
        """The cloud identity. Raises OutOfReach for a write: it cannot invite anybody."""
        if call.mailbox is not None and _is_hosting(call):
            raise OutOfReach(call.mailbox.address, AccessCause.REFUSED, provider_code=NOT_DELEGATED)
        scope = scope_for(call)
        return Asker(None, READ_EVENTS if scope == OWN_EVENTS else scope)

    def reference(self, asker: Asker) -> Asker | None:  # noqa: ARG002 - nobody is impersonated
        """Nobody."""
        return None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One mailbox has signed in and asks for itself, and for the rooms that it sees."""

    mailbox: Address
    is_delegated: bool = False

    def itself(self) -> Asker:
        """The mailbox."""
        return Asker(self.mailbox, OWN_EVENTS, is_mailbox_sign_in=True)

    def asker(self, call: GoogleCall) -> Asker:
        """The mailbox. Raises OutOfReach for writing in anybody else's calendar."""
        named = call.mailbox
        if named is not None and not is_room(named.address) and named.address != self.mailbox:
            if _is_hosting(call):
                raise OutOfReach(named.address, AccessCause.REFUSED, provider_code=NOT_DELEGATED)
            return Asker(self.mailbox, call.scope or READ_EVENTS, is_mailbox_sign_in=True)
        return Asker(self.mailbox, scope_for(call), is_mailbox_sign_in=True)

    def reference(self, asker: Asker) -> Asker | None:  # noqa: ARG002 - nobody is impersonated
        """Nobody."""
        return None


def _is_hosting(call: GoogleCall) -> bool:
    """Whether a call writes as the owner of a calendar, or asks whether it might."""
    return call.is_write or call.scope == OWN_EVENTS
