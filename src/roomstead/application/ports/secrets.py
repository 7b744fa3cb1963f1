"""Sealing of stored credentials: they leave it in clear only to be sent to the provider."""

from typing import Protocol


class Sealer(Protocol):
    """Seals and opens bytes with the installation's key."""

    def seal(self, clear: bytes) -> bytes:
        """The sealed form, safe to store."""
        ...

    def open(self, sealed: bytes) -> bytes:
        """What was sealed. Raises CredentialMissing when none of the present keys opens it."""
        ...
