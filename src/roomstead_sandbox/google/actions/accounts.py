"""Actions on service accounts, their keys, and the APIs of their projects."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from roomstead_sandbox.google.actions.named import Body, OfAccount, account_named, project_of
from roomstead_sandbox.google.addresses import key_json
from roomstead_sandbox.google.identity import keys
from roomstead_sandbox.google.identity.cloud import (
    CALENDAR_API,
    DIRECTORY_API,
    IAM_API,
    Key,
    make_key,
    new_number,
)
from roomstead_sandbox.google.seeding import PROJECT_ID, PROJECT_NUMBER
from roomstead_sandbox.google.state import FaceState
from roomstead_sandbox.world.errors import Invalid, NotFound, Taken
from roomstead_sandbox.world.faces import Action, Json

APIS = {"calendar": CALENDAR_API, "directory": DIRECTORY_API, "iam": IAM_API}
REAL_TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105  (an address)


class NewAccount(Body):
    """A new service account with a key."""

    name: str = Field("rehearsed", pattern=r"^[a-z][a-z0-9-]{5,29}$")
    token_uri: str = Field(REAL_TOKEN_URI, description="What the key file names as token endpoint.")


class NewKey(OfAccount):
    """A further key: made here, or the public half of one made elsewhere."""

    pem: str | None = Field(None, description="A public key or certificate to upload.")
    token_uri: str = REAL_TOKEN_URI


class DeleteKey(OfAccount):
    """Delete a key, or all."""

    key_id: str | None = None


class Disable(OfAccount):
    """Disable a service account, or enable it again."""

    disabled: bool = True


class TokenCreator(OfAccount):
    """Who may sign in the name of a service account without a key."""

    identity: str
    allowed: bool = True


class EnableApi(OfAccount):
    """An API of the service account's project."""

    api: Literal["calendar", "directory", "iam"] = "calendar"
    enabled: bool


def actions(state: FaceState) -> Iterator[Action]:
    """The actions of this module."""
    yield Action("create-account", "Make a service account.", NewAccount, lambda body: _create(state, body))
    yield Action("create-key", "Give a service account a key.", NewKey, lambda body: _create_key(state, body))
    yield Action("delete-keys", "Delete keys of a service account.", DeleteKey, lambda body: _delete(state, body))
    yield Action("disable-account", "Disable a service account.", Disable, lambda body: _disable(state, body))
    yield Action(
        "token-creator", "Let an identity sign for a service account.", TokenCreator, lambda body: _creator(state, body)
    )
    yield Action("enable-api", "Turn an API of a project on or off.", EnableApi, lambda body: _enable(state, body))


def _create(state: FaceState, body: NewAccount) -> Json:
    project = state.cloud.projects.get(PROJECT_NUMBER) or state.cloud.add_project(PROJECT_ID, PROJECT_NUMBER)
    if state.cloud.account(f"{body.name}@{project.id}.iam.gserviceaccount.com") is not None:
        raise Taken(f"There is a service account {body.name}.")
    account = state.cloud.add_account(body.name, project, new_number())
    shown = key_json(state, account, body.token_uri, make_key(account))
    return {"account": account.email, "client_id": account.client_id, "key_json": shown}


def _create_key(state: FaceState, body: NewKey) -> Json:
    account = account_named(state, body.account)
    if body.pem is None:
        key = make_key(account)
        return {"key_id": key.id, "key_json": key_json(state, account, body.token_uri, key)}
    try:
        key = Key(new_number(), keys.check_public(body.pem))
    except ValueError as error:
        raise Invalid("That is neither a PEM public key nor a certificate.") from error
    account.keys.append(key)
    return {"key_id": key.id}


def _delete(state: FaceState, body: DeleteKey) -> Json:
    account = account_named(state, body.account)
    if body.key_id is not None and state.cloud.key(account, body.key_id) is None:
        raise NotFound(f"{account.email} has no key {body.key_id}.")
    before = len(account.keys)
    account.keys = [key for key in account.keys if body.key_id is not None and key.id != body.key_id]
    return {"deleted": before - len(account.keys)}


def _disable(state: FaceState, body: Disable) -> Json:
    account = account_named(state, body.account)
    account.disabled = body.disabled
    return {"account": account.email, "disabled": account.disabled}


def _creator(state: FaceState, body: TokenCreator) -> Json:
    account = account_named(state, body.account)
    account.token_creators = [name for name in account.token_creators if name != body.identity]
    if body.allowed:
        account.token_creators.append(body.identity)
    return {"account": account.email, "token_creators": account.token_creators}


def _enable(state: FaceState, body: EnableApi) -> Json:
    project = project_of(state, account_named(state, body.account))
    project.apis -= {APIS[body.api]}
    if body.enabled:
        project.apis |= {APIS[body.api]}
    return {"project": project.id, "apis": sorted(project.apis)}
