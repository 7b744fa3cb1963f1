"""Actions on OAuth clients, on what people allow them, and on the consent page."""

import secrets
from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from roomstead_sandbox.google.actions.named import Body, OfTenant, customer_named, scopes_named, user_named
from roomstead_sandbox.google.identity.cloud import Consent, OAuthClient
from roomstead_sandbox.google.seeding import OAUTH_CLIENT, PROJECT_ID, PROJECT_NUMBER
from roomstead_sandbox.google.sign_in.clients import withdraw
from roomstead_sandbox.google.state import FaceState
from roomstead_sandbox.world.errors import NotFound, Taken
from roomstead_sandbox.world.faces import Action, Json


class NewClient(OfTenant):
    """A new OAuth client of the rehearsal's project."""

    name: str = "Rehearsed app"
    client_id: str | None = None
    secret: str | None = None
    redirects: list[str] = Field(default_factory=list, description="Any address will do when there is none.")
    internal: bool = True


class OfClient(Body):
    """A request about one OAuth client."""

    client_id: str = Field(OAUTH_CLIENT, description="The seeded one when left out.")


class ChangeClient(OfClient):
    """What may be changed of an OAuth client."""

    redirects: list[str] | None = None
    disabled: bool | None = None
    secret: str | None = None


class BlockClient(OfClient, OfTenant):
    """The admin blocks a client for everybody, or lets it in again."""

    blocked: bool = True


class Allow(OfClient):
    """A person's consent, without the page; the answer has the refresh token."""

    user: str
    scopes: list[str]


class Withdraw(OfClient):
    """A person takes back what was allowed."""

    user: str


class ConsentPage(Body):
    """What happens at the consent page: it asks, or the person named by the request answers at once."""

    answer: Literal["asks", "allows", "refuses"]


def actions(state: FaceState) -> Iterator[Action]:
    """The actions of this module."""
    yield Action("register-client", "Register an OAuth client.", NewClient, lambda body: _register(state, body))
    yield Action("change-client", "Change an OAuth client.", ChangeClient, lambda body: _change(state, body))
    yield Action("block-client", "Let the admin block an OAuth client.", BlockClient, lambda body: _block(state, body))
    yield Action("consent", "Let a person allow a client something.", Allow, lambda body: _allow(state, body))
    yield Action("withdraw-consent", "Let a person take it all back.", Withdraw, lambda body: _withdraw(state, body))
    yield Action("consent-page", "Say what happens there.", ConsentPage, lambda body: _page(state, body))


def client_named(state: FaceState, client_id: str) -> OAuthClient:
    """An OAuth client. Raises NotFound."""
    client = state.cloud.clients.get(client_id)
    if client is None:
        raise NotFound(f"There is no OAuth client {client_id}.")
    return client


def _register(state: FaceState, body: NewClient) -> Json:
    project = state.cloud.projects.get(PROJECT_NUMBER) or state.cloud.add_project(PROJECT_ID, PROJECT_NUMBER)
    client_id = body.client_id or f"{project.number}-{secrets.token_hex(8)}.apps.googleusercontent.com"
    if client_id in state.cloud.clients:
        raise Taken(f"There is an OAuth client {client_id}.")
    internal_to = customer_named(state, body.tenant).tenant_id if body.internal else None
    client = OAuthClient(
        client_id, body.secret or f"GOCSPX-{secrets.token_urlsafe(21)}", project.number, body.name, body.redirects,
        internal_to,
    )  # fmt: skip
    state.cloud.clients[client_id] = client
    return {"client_id": client.client_id, "client_secret": client.secret}


def _change(state: FaceState, body: ChangeClient) -> Json:
    client = client_named(state, body.client_id)
    changes = body.model_dump(exclude_none=True, exclude={"client_id"})
    for name, value in changes.items():
        setattr(client, name, value)
    return changes


def _block(state: FaceState, body: BlockClient) -> Json:
    customer = customer_named(state, body.tenant)
    customer.blocked_clients -= {body.client_id}
    if body.blocked:
        customer.blocked_clients |= {client_named(state, body.client_id).client_id}
    return {"blocked": sorted(customer.blocked_clients)}


def _allow(state: FaceState, body: Allow) -> Json:
    client, user = client_named(state, body.client_id), user_named(state, body.user)
    refresh = f"1//{secrets.token_urlsafe(48)}"
    consent = Consent(refresh, client.client_id, user.id, scopes_named(body.scopes), state.world.now())
    state.cloud.consents[refresh] = consent
    return {"refresh_token": refresh, "scopes": sorted(consent.scopes)}


def _withdraw(state: FaceState, body: Withdraw) -> Json:
    found = state.cloud.live_consents(user_named(state, body.user).id, body.client_id)
    for consent in found:
        withdraw(state, consent)
    return {"withdrawn": len(found)}


def _page(state: FaceState, body: ConsentPage) -> Json:
    state.consent_page = body.answer
    return {"answer": body.answer}
