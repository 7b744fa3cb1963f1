"""OAuth clients at the token endpoint: codes and refresh tokens.

(Google's page "Using OAuth 2.0 for Web Server Applications".)
"""

import base64
import binascii
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from roomstead_sandbox.google.identity.cloud import Consent, OAuthClient
from roomstead_sandbox.google.identity.tokens import Grant, Token
from roomstead_sandbox.google.sign_in.errors import SignInError, missing, person_deleted, withdrawn
from roomstead_sandbox.google.sign_in.id_token import id_token
from roomstead_sandbox.google.state import FaceState
from roomstead_sandbox.world.people import MailboxKind, User

Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Signed:
    """What a client gets: an access token, a refresh token when the person allows it to stay, and who signed in."""

    token: Token
    refresh_token: str | None = None
    id_token: str | None = None


def redeem_code(state: FaceState, form: Form, authorization: str | None) -> Signed:
    """A token for a code. SignInError otherwise."""
    client = authenticate(state, form, authorization)
    if not form.get("code"):
        raise missing("code")
    code = state.codes.spend(form["code"], state.world.now())
    if code is None or code.client_id != client.client_id:
        raise SignInError("invalid_grant", "Malformed auth code.")
    if code.redirect != form.get("redirect_uri"):
        raise SignInError("redirect_uri_mismatch", "Bad Request")
    if not code.proves(form.get("code_verifier")):
        raise SignInError("invalid_grant", "Invalid code verifier.")
    _person(state, client, code.user_id)
    refresh = f"1//{secrets.token_urlsafe(48)}" if code.offline else None
    if refresh is not None:
        state.cloud.consents[refresh] = Consent(refresh, client.client_id, code.user_id, code.scopes, state.world.now())
    token = _issue(state, client, code.user_id, code.scopes, refresh)
    return Signed(token, refresh, id_token(state, token))


def refresh(state: FaceState, form: Form, authorization: str | None) -> Signed:
    """A fresh token for a refresh token. SignInError ``invalid_grant`` once the consent was withdrawn."""
    client = authenticate(state, form, authorization)
    if not form.get("refresh_token"):
        raise missing("refresh_token")
    consent = state.cloud.consents.get(form["refresh_token"])
    if consent is None or consent.withdrawn or consent.client_id != client.client_id:
        raise withdrawn()
    _person(state, client, consent.user_id)
    asked = frozenset(form.get("scope", "").split())
    if asked - consent.scopes:
        raise SignInError("invalid_scope", "Some requested scopes were invalid.")
    token = _issue(state, client, consent.user_id, asked or consent.scopes, consent.refresh_token)
    return Signed(token, id_token=id_token(state, token))


def authenticate(state: FaceState, form: Form, authorization: str | None) -> OAuthClient:
    """The client that a form or a basic credential names, with its secret. SignInError otherwise."""
    client_id, secret = _basic(authorization) or (form.get("client_id", ""), form.get("client_secret", ""))
    if not client_id:
        raise SignInError("invalid_request", "Could not determine client ID from request.")
    client = state.cloud.clients.get(client_id)
    if client is None:
        raise SignInError("invalid_client", "The OAuth client was not found.", 401)
    if client.disabled:
        raise SignInError("disabled_client", "The OAuth client was disabled.", 401)
    if not secrets.compare_digest(client.secret.encode(), secret.encode()):
        raise SignInError("invalid_client", "Unauthorized", 401)
    return client


def revoke(state: FaceState, text: str) -> None:
    """Withdraw a consent by its refresh token or by an access token made from it. SignInError for unknown ones."""
    token = state.tokens.by_text.pop(text, None)
    consent = state.cloud.consents.get(token.consent or "" if token is not None else text)
    if token is None and (consent is None or consent.withdrawn):
        raise SignInError("invalid_token", "Token expired or revoked")
    if consent is not None:
        withdraw(state, consent)


def withdraw(state: FaceState, consent: Consent) -> None:
    """End a consent: its refresh token and the access tokens made from it are worth nothing."""
    consent.withdrawn = True
    state.tokens.drop(consent=consent.refresh_token)


def _person(state: FaceState, client: OAuthClient, user_id: str) -> User:
    user = state.world.directory.users.get(user_id)
    if user is None or user.mailbox is MailboxKind.SOFT_DELETED:
        raise person_deleted()
    if not user.account_enabled:
        raise SignInError("invalid_grant", "Bad Request")
    if client.client_id in state.customer(user.tenant_id).blocked_clients:
        raise SignInError("admin_policy_enforced", "Access to your account data is restricted by policies.")
    return user


def _issue(
    state: FaceState, client: OAuthClient, user_id: str, scopes: frozenset[str], consent: str | None
) -> Token:  # fmt: skip
    grant = Grant(
        user_id=user_id, client_id=client.client_id, project=client.project, scopes=scopes, consent=consent
    )  # fmt: skip
    return state.tokens.issue(grant, state.world.now())


def _basic(authorization: str | None) -> tuple[str, str] | None:
    scheme, _, packed = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(packed).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    return name, secret
