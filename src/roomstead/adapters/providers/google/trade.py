"""What a mailbox's own sign-in brings is traded in for a refresh token, and for Google's word on who signed in.

That word is an ID token, asked for by the scopes ``openid`` and ``email``. It comes from Google itself, over the same
connection as the tokens, so that its signature proves nothing more (OpenID Connect Core 1.0, section 3.1.3.7, point 6).
Whoever else owns the mailbox's calendar would reach it as well, and is told apart by nothing else.
"""

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlencode

from roomstead.adapters.http.transport import OutgoingCall, Transport
from roomstead.adapters.providers.google.auth import ask, object_in
from roomstead.adapters.providers.google.grant import Grant
from roomstead.adapters.providers.google.mapping import address_of
from roomstead.adapters.providers.google.token_errors import code_error
from roomstead.application.ports.clock import Clock
from roomstead.domain.errors import CredentialRejected, UnreadableAnswer
from roomstead.domain.mailbox import Address

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_PARTS = 3


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """Who trades in, and where."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)


async def trade_in(transport: Transport, clock: Clock, grant: Grant, client: OAuthClient, mailbox: Address) -> str:
    """The refresh token for a code.

    Raises CredentialRejected for a code that is used, too old or another client's, and where anybody but the mailbox
    has signed in, whatever calendars they own.
    """
    form = {
        "grant_type": "authorization_code",
        "code": grant.code,
        "redirect_uri": grant.redirect_url,
        "client_id": client.client_id,
        "client_secret": client.client_secret,
    }
    answer = await ask(transport, OutgoingCall("POST", client.token_url, "/token", _FORM, urlencode(form).encode()))
    if answer.status != HTTPStatus.OK:
        raise code_error(answer, clock.now())
    body = object_in(answer)
    refresh = body.get("refresh_token")
    if not isinstance(refresh, str):
        raise UnreadableAnswer(details={"call": "code"})
    _check_who(_claims(body.get("id_token")), client.client_id, mailbox)
    return refresh


def _check_who(told: Mapping[str, object], client_id: str, mailbox: Address) -> None:
    email = told.get("email")
    who = address_of(email) if isinstance(email, str) and told.get("email_verified") is True else None
    if who is None or told.get("aud") != client_id:
        raise CredentialRejected(
            "Google did not say which mailbox has signed in.",
            remedy=f"Open the consent page again, choose {mailbox} there and allow all that is asked for.",
            details={"concerns": "credential"},
        )
    if who != mailbox:
        raise CredentialRejected(
            f"{who} has signed in, and not {mailbox}. To own its calendar is not enough.",
            remedy=f"Open the consent page again and choose {mailbox} there, or name {who} as the mailbox.",
            details={"concerns": "credential"},
        )


def _claims(token: object) -> Mapping[str, object]:
    """What an ID token says; nothing, where there is none that can be read."""
    parts = token.split(".") if isinstance(token, str) else []
    if len(parts) != _PARTS:
        return {}
    try:
        told = json.loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
