"""What a mailbox's own sign-in brings: a code, kept where the refresh token will be until it is traded in."""

import json
from dataclasses import dataclass, field

REFRESH_TOKEN = "refresh_token"  # noqa: S105 - the name of a field


@dataclass(frozen=True, slots=True)
class Grant:
    """A code that is good for some minutes and one use, and the address that it was sent to."""

    code: str = field(repr=False)
    redirect_url: str

    def to_text(self) -> str:
        """As kept in the field of the refresh token, which is never a JSON object itself."""
        return json.dumps({"code": self.code, "redirect_url": self.redirect_url})


def read_grant(text: str) -> Grant | None:
    """The code that waits in the field of the refresh token; None where a refresh token, or nothing, is there."""
    if not text.startswith("{"):
        return None
    try:
        told = json.loads(text)
    except ValueError:
        return None
    code, redirect_url = told.get("code"), told.get("redirect_url")
    return Grant(code, redirect_url) if isinstance(code, str) and isinstance(redirect_url, str) else None
