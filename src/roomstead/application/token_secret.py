"""The secret part of API tokens: shown once, kept as a digest.

A secret has 256 bits of chance, so a fast digest is enough: there is nothing to guess (a password would need a slow
one).
"""

import hashlib
import secrets
from dataclasses import dataclass, field

LEAD = "rs"
_PREFIX_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
_PREFIX_LENGTH = 8
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class TokenSecret:
    """A new token's text, and what is kept of it."""

    text: str = field(repr=False)
    prefix: str
    """Shown in lists, so that people tell their tokens apart."""

    @property
    def digest(self) -> bytes:
        """What is stored."""
        return digest_of(self.text)


def new_secret() -> TokenSecret:
    """A fresh secret of the form ``rs_<prefix>_<secret>``."""
    prefix = "".join(secrets.choice(_PREFIX_LETTERS) for _ in range(_PREFIX_LENGTH))
    return TokenSecret(f"{LEAD}_{prefix}_{secrets.token_urlsafe(_SECRET_BYTES)}", prefix)


def digest_of(text: str) -> bytes:
    """The digest under which a token is found; a search among digests tells nothing about secrets by its timing."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
