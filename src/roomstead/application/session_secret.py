"""Secrets of browsers and one-time links: 256 bits of chance, kept as digests, so that a stolen database opens nothing.

The token that every form carries is derived from the browser's secret: no other page can know it.
"""

import hashlib
import hmac
import secrets

_BYTES = 32


def new_secret() -> str:
    """A fresh secret, fit for cookies and addresses."""
    return secrets.token_urlsafe(_BYTES)


def digest_of(secret: str) -> bytes:
    """What is stored of a secret, and what it is found by."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def form_token_of(secret: str) -> str:
    """What forms of this session carry, so that no other site can send them."""
    return hmac.new(secret.encode("utf-8", "surrogatepass"), b"roomstead form", hashlib.sha256).hexdigest()


def is_form_token(given: str, secret: str) -> bool:
    """Whether a form came from a page of this session."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), form_token_of(secret).encode())
