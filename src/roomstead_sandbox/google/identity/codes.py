"""Authorization codes: given at the consent page, spent once at the token endpoint."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

LIFE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Code:
    """What a person allowed, for one client and one redirect address; ``challenge`` is the client's proof (PKCE)."""

    text: str
    client_id: str
    redirect: str
    user_id: str
    scopes: frozenset[str]
    expires: datetime
    offline: bool
    challenge: str | None = None
    challenge_method: str = "plain"

    def proves(self, verifier: str | None) -> bool:
        """Whether the spender is who asked for the code."""
        if self.challenge is None:
            return True
        if verifier is None:
            return False
        if self.challenge_method == "S256":
            digest = hashlib.sha256(verifier.encode()).digest()
            verifier = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        return secrets.compare_digest(verifier, self.challenge)


@dataclass(slots=True)
class CodeBook:
    """Codes not yet spent."""

    by_text: dict[str, Code] = field(default_factory=dict)

    def add(self, code: Code) -> Code:
        """Keep a code until it is spent or its time is over."""
        self.by_text = {text: held for text, held in self.by_text.items() if held.expires + LIFE > code.expires}
        self.by_text[code.text] = code
        return code

    def spend(self, text: str, now: datetime) -> Code | None:
        """The code, once, while its time lasts."""
        code = self.by_text.pop(text, None)
        return code if code is not None and now < code.expires else None


def new_code_text() -> str:
    """A code that nobody can guess."""
    return f"4/0A{secrets.token_urlsafe(40)}"
