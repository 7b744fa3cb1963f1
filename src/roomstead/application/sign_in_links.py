"""One-time links: how they are made, and what is said of one that no longer works."""

from dataclasses import dataclass, field
from datetime import datetime

from roomstead.application.ports.sessions import PasswordRepository
from roomstead.application.session_secret import digest_of, new_secret
from roomstead.application.sign_in_rules import LinkWorthless
from roomstead.domain.people import PersonId
from roomstead.domain.sessions import LinkPurpose, SignInLink


@dataclass(frozen=True, slots=True)
class MadeLink:
    """A link as it is handed over, this once."""

    purpose: LinkPurpose
    expires_at: datetime
    url: str = field(repr=False)


async def make_link(
    purpose: LinkPurpose, person_id: PersonId | None, passwords: PasswordRepository, now: datetime, *, public_url: str
) -> MadeLink:
    """Store a new link and give its address."""
    secret = new_secret()
    link = SignInLink(purpose, person_id, now, now + purpose.lasts)
    await passwords.add_link(link, digest_of(secret))
    page = "first-run" if purpose is LinkPurpose.FIRST_ADMIN else "password"
    return MadeLink(purpose, link.expires_at, f"{public_url}/{page}/{secret}")


def worthless(purpose: LinkPurpose) -> LinkWorthless:
    """What to raise for a link that does not work."""
    if purpose is LinkPurpose.FIRST_ADMIN:
        return LinkWorthless(
            "This set-up link was used before, is too old, or is not whole.",
            remedy="Run `roomstead people setup-link` on the machine to get a new one, or sign in if you are set up.",
        )
    return LinkWorthless(
        "This link was used before, is too old, or is not whole.",
        remedy="If you have chosen your password, sign in with it. Otherwise ask a Global Admin for a new link.",
    )
