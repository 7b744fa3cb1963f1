"""The page on which a person chooses an account and allows a client what it asks for, or does not."""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from roomstead_sandbox.google.identity.cloud import OAuthClient
from roomstead_sandbox.google.identity.codes import LIFE, Code, new_code_text
from roomstead_sandbox.google.scopes import KNOWN
from roomstead_sandbox.google.state import ASKS, REFUSES, FaceState
from roomstead_sandbox.wire import Answer, Request
from roomstead_sandbox.world.people import User

HTML = "text/html; charset=UTF-8"
PATH = "/o/oauth2/v2/auth"
Query = Mapping[str, str]


@dataclass
class PageError(Exception):
    """What the person sees instead of the page; the client hears nothing."""

    status: int
    code: str
    sentence: str

    def answer(self) -> Answer:
        """As a page."""
        words = f"<h1>Access blocked</h1><p>{html.escape(self.sentence)}</p><p>Error {self.status}: {self.code}</p>"
        return Answer(self.status, _page(words), HTML)


def show(state: FaceState, request: Request) -> Answer:
    """The page, or at once its outcome when the rehearsed person was told beforehand what to do. PageError."""
    query = dict(request.query)
    client = _client(state, query)
    if state.consent_page == ASKS:
        return Answer(200, _form(state, client, query, request.base), HTML)
    return _outcome(state, client, query, query.get("login_hint", ""), allowed=state.consent_page != REFUSES)


def decide(state: FaceState, request: Request) -> Answer:
    """What the person did on the page. PageError."""
    query = dict(request.query)
    form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
    client = _client(state, query)
    return _outcome(state, client, query, form.get("account", ""), allowed=form.get("decision") == "allow")


def _client(state: FaceState, query: Query) -> OAuthClient:
    client = state.cloud.clients.get(query.get("client_id", ""))
    if client is None:
        raise PageError(401, "invalid_client", "The OAuth client was not found.")
    redirect = query.get("redirect_uri", "")
    known = redirect in client.redirects or (not client.redirects and urlsplit(redirect).scheme in ("http", "https"))
    if not known:
        raise PageError(400, "redirect_uri_mismatch", f"The redirect URI in the request, {redirect}, does not match.")
    scopes = frozenset(query.get("scope", "").split())
    if not scopes or scopes - KNOWN:
        raise PageError(400, "invalid_scope", "Some requested scopes were invalid.")
    if query.get("response_type") != "code":
        raise PageError(400, "unsupported_response_type", "Only the response type code is rehearsed.")
    return client


def _outcome(state: FaceState, client: OAuthClient, query: Query, account: str, *, allowed: bool) -> Answer:
    if not allowed:
        return _redirect(query, {"error": "access_denied"})
    user = _chosen(state, client, account)
    scopes = frozenset(query["scope"].split())
    known = any(scopes <= consent.scopes for consent in state.cloud.live_consents(user.id, client.client_id))
    code = Code(
        text=new_code_text(),
        client_id=client.client_id,
        redirect=query["redirect_uri"],
        user_id=user.id,
        scopes=scopes,
        expires=state.world.now() + LIFE,
        offline=query.get("access_type") == "offline" and (not known or "consent" in query.get("prompt", "")),
        challenge=query.get("code_challenge"),
        challenge_method=query.get("code_challenge_method", "plain"),
    )
    state.codes.add(code)
    return _redirect(query, {"code": code.text, "scope": " ".join(sorted(scopes))})


def _chosen(state: FaceState, client: OAuthClient, account: str) -> User:
    """The account that signs in. PageError for one that may not."""
    user = state.user(account)
    if user is None or user.is_resource or not user.account_enabled:
        raise PageError(400, "invalid_account", f"Couldn’t find your account {account}.")
    if client.internal_to not in (None, user.tenant_id):
        raise PageError(403, "org_internal", f"{client.name} can only be used within its organization.")
    if client.client_id in state.customer(user.tenant_id).blocked_clients:
        raise PageError(400, "admin_policy_enforced", "Your administrator does not allow this app.")
    return user


def _redirect(query: Query, outcome: Query) -> Answer:
    parts = urlsplit(query["redirect_uri"])
    told = {**outcome, **({"state": query["state"]} if "state" in query else {})}
    address = urlunsplit(parts._replace(query=urlencode([*parse_qsl(parts.query), *told.items()])))
    return Answer(302, headers=[("Location", address)])


def _form(state: FaceState, client: OAuthClient, query: Query, base: str) -> bytes:
    people = [
        user.mail or user.upn
        for tenant in state.tenants()
        for user in state.world.directory.users_of(tenant.id)
        if not user.is_resource and client.internal_to in (None, tenant.id)
    ]
    hint = query.get("login_hint", "")
    options = "".join(
        f"<option{' selected' if address == hint else ''}>{html.escape(address)}</option>" for address in people
    )
    wants = "".join(f"<li>{html.escape(scope)}</li>" for scope in query["scope"].split())
    target = html.escape(f"{base}{PATH}?{urlencode(query)}")
    return _page(
        f"<h1>{html.escape(client.name)} wants to access your account</h1><ul>{wants}</ul>"
        f'<form method="post" action="{target}"><label>Account <select name="account">{options}</select></label> '
        '<button name="decision" value="cancel">Cancel</button> <button name="decision" value="allow">Allow</button>'
        "</form>"
    )


def _page(words: str) -> bytes:
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Sign in (rehearsal)</title>"
        f"<style>body{{font:16px system-ui;margin:3rem auto;max-width:36rem}}</style>{words}</html>"
    ).encode()
