"""A connected provider for an integration, with its credential unsealed for as long as it takes."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from roomstead.application.ports.calendar import CalendarProvider
from roomstead.domain.mailbox import Address, IntegrationId

CURRENT = "current"
"""The credential in use."""
NEXT = "next"
"""The credential that shall replace it, not yet proven."""


class Connections(Protocol):
    """Opens providers. Not to be used while a unit of work is open."""

    def open(
        self, integration_id: IntegrationId, slot: str = CURRENT, *, acting: Address | None = None
    ) -> AbstractAsyncContextManager[CalendarProvider]:
        """The provider of an integration, shared by all who open it with the same credential (tokens are reused).

        ``acting``: in whose name directory and rooms are read, where the provider asks for a person; None: the
        service account in force, else the admin's own address.

        Raises NotFound for an integration that is not there, IntegrationDisabled, and CredentialMissing when there is
        no credential in that slot or the present key does not open it.
        """
        ...

    async def redeem(self, integration_id: IntegrationId, slot: str = CURRENT) -> None:
        """Trade in what a mailbox's own sign-in brought into that slot, and keep what it was traded for; where nothing
        waits, nothing happens.

        Raises as ``open`` does, CredentialRejected when it came too late or from another mailbox, and RetryLater.
        """
        ...
