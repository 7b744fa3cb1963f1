"""What lies in cloud projects: service accounts with their keys, OAuth clients, and which APIs are on.

None of it belongs to a Workspace customer; a customer's admin delegates to a client by its number (see delegation).
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from roomstead_sandbox.google.identity import keys

CALENDAR_API = "calendar-json.googleapis.com"
DIRECTORY_API = "admin.googleapis.com"
IAM_API = "iamcredentials.googleapis.com"
API_TITLES = {
    CALENDAR_API: "Google Calendar API",
    DIRECTORY_API: "Admin SDK API",
    IAM_API: "IAM Service Account Credentials API",
}


@dataclass(slots=True)
class Project:
    """A cloud project by its number, with the APIs that were enabled in it."""

    number: str
    id: str
    apis: set[str] = field(default_factory=lambda: set(API_TITLES))


@dataclass(slots=True)
class Key:
    """A key of a service account. The private half is known here only when it was made here."""

    id: str
    public_pem: str
    private_pem: str | None = None


@dataclass(slots=True)
class ServiceAccount:
    """A robot of a project. ``client_id`` is the number under which customers delegate to it.

    ``token_creators`` are the addresses of identities that may sign in its name without holding a key; Google signs
    for them with a key of its own, which nobody can delete. ``had_key``: whether one was ever made.
    """

    email: str
    client_id: str
    project: str
    keys: list[Key] = field(default_factory=list)
    system_key: Key | None = None
    token_creators: list[str] = field(default_factory=list)
    disabled: bool = False
    had_key: bool = False


@dataclass(slots=True)
class OAuthClient:
    """A web application that asks people for their consent. Without ``redirects`` any address will do."""

    client_id: str
    secret: str
    project: str
    name: str
    redirects: list[str] = field(default_factory=list)
    internal_to: str | None = None
    disabled: bool = False


@dataclass(slots=True)
class Consent:
    """What a person allowed an OAuth client; its refresh token lives until the consent is withdrawn."""

    refresh_token: str
    client_id: str
    user_id: str
    scopes: frozenset[str]
    given: datetime
    withdrawn: bool = False


@dataclass(slots=True)
class Cloud:
    """Every project of the world and what is in it."""

    projects: dict[str, Project] = field(default_factory=dict)
    accounts: dict[str, ServiceAccount] = field(default_factory=dict)
    clients: dict[str, OAuthClient] = field(default_factory=dict)
    consents: dict[str, Consent] = field(default_factory=dict)

    def add_project(self, project_id: str, number: str) -> Project:
        """A new project, every API of this face enabled in it."""
        project = Project(number, project_id)
        self.projects[number] = project
        return project

    def add_account(self, name: str, project: Project, client_id: str) -> ServiceAccount:
        """A new service account without a key."""
        email = f"{name}@{project.id}.iam.gserviceaccount.com"
        account = ServiceAccount(email, client_id, project.number)
        self.accounts[email] = account
        return account

    def account(self, email_or_id: str) -> ServiceAccount | None:
        """A service account by address or number."""
        wanted = email_or_id.casefold()
        return next((a for a in self.accounts.values() if wanted in (a.email, a.client_id)), None)

    def key(self, account: ServiceAccount, key_id: str) -> Key | None:
        """A key of an account by its id."""
        return next((key for key in account.keys if key.id == key_id), None)

    def live_consents(self, user_id: str, client_id: str | None = None) -> list[Consent]:
        """What a person allows still, to one client or to any."""
        return [
            consent
            for consent in self.consents.values()
            if consent.user_id == user_id and not consent.withdrawn and client_id in (None, consent.client_id)
        ]


def make_key(account: ServiceAccount) -> Key:
    """A fresh key for a service account."""
    key = _fresh_key()
    account.keys.append(key)
    account.had_key = True
    return key


def system_key(account: ServiceAccount) -> Key:
    """The key with which Google signs for a service account, made when first needed."""
    if account.system_key is None:
        account.system_key = _fresh_key()
    return account.system_key


def _fresh_key() -> Key:
    private = keys.generate()
    return Key(secrets.token_hex(20), keys.public_half(private), private)


def new_number() -> str:
    """A number such as Google gives to accounts and clients: 21 digits."""
    return "1" + "".join(secrets.choice("0123456789") for _ in range(20))
