"""Access tokens: opaque texts, each with what it stands for."""

import secrets
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta

SECONDS = 3599
_SWEEP = 5000  # this many tokens before those out of time are dropped


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Who may do what.

    ``user_id`` acts; ``account`` is the service account that acts for the user, or by itself when it is the user;
    ``consent`` the refresh token behind it.
    """

    user_id: str
    client_id: str
    project: str
    scopes: frozenset[str]
    account: str | None = None
    consent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Token(Grant):
    """An access token with its time."""

    text: str
    issued: datetime
    expires: datetime


@dataclass(slots=True)
class TokenBook:
    """Every token that is still good."""

    by_text: dict[str, Token] = field(default_factory=dict)
    seconds: int = SECONDS

    def issue(self, grant: Grant, now: datetime) -> Token:
        """A fresh token."""
        if len(self.by_text) > _SWEEP:
            self.by_text = {text: token for text, token in self.by_text.items() if token.expires > now}
        token = Token(
            text=f"ya29.{'c.' if grant.account else 'a0'}{secrets.token_urlsafe(48)}",
            issued=now,
            expires=now + timedelta(seconds=self.seconds),
            **{f.name: getattr(grant, f.name) for f in fields(Grant)},
        )
        self.by_text[token.text] = token
        return token

    def read(self, text: str, now: datetime) -> Token | None:
        """What a token stands for; None when it is unknown or its time is over."""
        token = self.by_text.get(text)
        return token if token is not None and now < token.expires else None

    def drop(self, *, user_id: str | None = None, account: str | None = None, consent: str | None = None) -> int:
        """Make tokens worthless: of a user, of a service account, of a consent. Returns how many."""
        dropped = [
            token.text
            for token in self.by_text.values()
            if (user_id, account, consent) != (None, None, None)
            and user_id in (None, token.user_id)
            and account in (None, token.account)
            and consent in (None, token.consent)
        ]
        for text in dropped:
            del self.by_text[text]
        return len(dropped)
