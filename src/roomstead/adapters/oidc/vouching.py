"""What an issuer's word about somebody's address is worth.

To confirm an address once is not to be its authority. Where anybody may open an account and have an address of another
house confirmed, the issuer goes on confirming it long after the house took it away; at some issuers addresses are
simply written by whoever administers an account. An account is tied to a person here by the address, so only the word
of its authority counts:

- Google is one for ``gmail.com``, and for accounts of an organisation, which ``hd`` names (Google: "Verify the Google
  ID token on your server side"). We go further and want the address to be of that organisation.
- Entra ID never says ``email_verified``; its ``email`` may be any text (Microsoft: "Migrate away from using email
  claims for user identification or authorization"). ``xms_edov`` says that the domain's owner was proven.
- Personal Microsoft accounts, a tenant of their own there, may have an address of any house.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from roomstead.domain.identity import IdentityProvider

GOOGLE = "accounts.google.com"
OPEN_TO_ALL = "gmail.com"
"""The only domain whose addresses Google itself gives to people without an organisation."""

PERSONAL_ACCOUNTS = "9188040d-6c67-4c5b-b112-36a304b66dad"
"""The tenant of personal Microsoft accounts (Microsoft identity platform: ID token claims reference, ``tid``)."""


def is_vouched_for(issuer: str, said: Mapping[str, object], provider: IdentityProvider) -> bool:
    """Whether the issuer confirms the address that it names, and is the one to do so."""
    if not _is_confirmed(said):
        return False
    if urlsplit(issuer).hostname == GOOGLE:
        return _is_googles(said, provider)
    return PERSONAL_ACCOUNTS not in issuer.lower()


def _is_confirmed(said: Mapping[str, object]) -> bool:
    """The standard's word, and only where it is not said, Entra ID's."""
    word = said.get("email_verified")
    return _is_yes(said.get("xms_edov") if word is None else word)


def _is_googles(said: Mapping[str, object], provider: IdentityProvider) -> bool:
    """``hd`` is one domain, however many an organisation has: the others count if an admin here named both."""
    email, hd = (value if isinstance(value, str) else "" for value in (said.get("email"), said.get("hd")))
    domain, organisation = email.rpartition("@")[2].lower(), hd.lower()
    return domain in {OPEN_TO_ALL, organisation} or {domain, organisation} <= set(provider.domains)


def _is_yes(value: object) -> bool:
    """True, as JSON or as the texts and numbers that providers write for it."""
    return value is True or (isinstance(value, str | int) and str(value).lower() in {"true", "1"})
