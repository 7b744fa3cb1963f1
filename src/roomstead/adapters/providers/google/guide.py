"""Set-up knowledge: mistakes in the form, the consent page, and who mends what. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from roomstead.adapters.providers.addresses import endpoint_mistake
from roomstead.adapters.providers.google import scopes
from roomstead.adapters.providers.google.calls import is_cloud_identity, is_room
from roomstead.adapters.providers.google.endpoints import sign_in_url
from roomstead.adapters.providers.google.grant import REFRESH_TOKEN, Grant
from roomstead.adapters.providers.google.key_file import NotAKeyFile, read_key_file
from roomstead.adapters.providers.google.offer import CLOUDS, DESCRIPTION, KEY_FILE, KEYLESS, MAILBOX
from roomstead.adapters.providers.google.remedies import (
    access_remedy,
    confinement_remedy,
    permission_remedy,
    room_answer_remedy,
)
from roomstead.adapters.providers.google.restriction import restriction_scripts, scope_list
from roomstead.application.ports.providers import Connection, ConsentReport, Remedy, RestrictionFacts, Script
from roomstead.domain.access import AccessCause
from roomstead.domain.errors import InvalidInput
from roomstead.domain.mailbox import Address, InvalidAddress, parse_address
from roomstead.domain.room_answers import RoomAnswer

_CUSTOMER = re.compile(r"C[0-9a-z]{4,20}", re.ASCII)
_DOMAIN = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.IGNORECASE | re.ASCII)
_UNIQUE_ID = re.compile(r"[0-9]{15,30}", re.ASCII)
_HOSTING, _EVERYONE = 2, 3
_CANCELLED = "Whoever was asked pressed Cancel."
_NOT_GIVEN = "Google did not let the mailbox consent."
_NOT_SAID = "The page led back without saying whether consent was given."
_CONSENTED = (scopes.OWN_EVENTS, scopes.READ_EVENTS, scopes.FREE_BUSY, scopes.ROOMS)


class GoogleGuide:
    """What Google's documentation and other people's organisations taught about connecting one."""

    def validate(self, connection: Connection) -> Mapping[str, str]:
        """Mistakes in the form, by field."""
        kinds = {kind.key: kind for kind in DESCRIPTION.credential_kinds}
        mistakes = {"tenant": _tenant_mistake(connection.tenant)}
        mistakes |= {name: _endpoint_mistake(url) for name, url in connection.endpoints.items()}
        if connection.credential_kind not in kinds:
            mistakes["credential_kind"] = f"Choose one of: {', '.join(kinds)}."
            return {name: sentence for name, sentence in mistakes.items() if sentence}
        mistakes["credential_kind"] = self.tier_mistake(connection.credential_kind, connection.tier)
        for field in kinds[connection.credential_kind].fields:
            given = (connection.secrets if field.is_secret else connection.settings).get(field.name, "").strip()
            if not given:
                mistakes[field.name] = "" if field.is_optional else f"{field.label} is missing. {field.help}"
            else:
                mistakes[field.name] = _CHECKS[connection.credential_kind, field.name](given)
        return {name: sentence for name, sentence in mistakes.items() if sentence}

    def tier_mistake(self, credential_kind: str, tier: int) -> str:
        """Which ways in fit how much access is wanted."""
        if credential_kind == MAILBOX and tier >= _EVERYONE:
            return "A mailbox that signs in reaches its own calendar alone. Choose tier 2, or a key file."
        if credential_kind in {KEY_FILE, KEYLESS} and tier == _HOSTING:
            return (
                "With tier 2 the service account mailbox signs in itself, as a delegation would reach every mailbox. "
                "Choose “Mailbox that signs in once”, or tier 1 or 3."
            )
        return ""

    def shown(self, connection: Connection) -> Mapping[str, str]:
        """The numeric client id and the address in a key file: what an admin has to enter elsewhere."""
        if connection.credential_kind != KEY_FILE:
            return {}
        key = read_key_file(connection.secrets.get("key_file", ""))
        return {"app_id": key.client_id, "account": key.client_email}

    def ends_at(self, connection: Connection) -> datetime | None:  # noqa: ARG002 - the same for every kind
        """None of Google's credentials says when it ends."""
        return None

    def consent_url(self, connection: Connection, *, redirect_url: str, state: str) -> str:
        """Where the service account mailbox signs in, or for a cloud identity the Admin console's delegation page."""
        if connection.credential_kind != MAILBOX:
            client_id = connection.settings.get("app_id", "")
            query = {"clientIdToAdd": client_id, "clientScopeToAdd": scope_list(), "overwriteClientId": "true"}
            return f"https://admin.google.com/ac/owl/domainwidedelegation?{urlencode(query, quote_via=quote)}"
        query = {
            "client_id": connection.settings.get("app_id", ""),
            "redirect_uri": redirect_url,
            "response_type": "code",
            "scope": " ".join([*scopes.WHO_SIGNS_IN, *map(scopes.full_name, _CONSENTED)]),
            "access_type": "offline",
            "prompt": "consent",
            "login_hint": connection.settings.get("mailbox", ""),
            "state": state,
        }
        return f"{sign_in_url(connection)}?{urlencode(query, quote_via=quote)}"

    def read_consent(self, answer: Mapping[str, str], *, redirect_url: str) -> ConsentReport:
        """``code=…`` or ``error=…`` (Google identity docs: web server applications)."""
        error = answer.get("error", "")
        if error:
            return ConsentReport(is_given=False, reason=_CANCELLED if error == "access_denied" else _NOT_GIVEN)
        code = answer.get("code", "")
        if not code:
            return ConsentReport(is_given=False, reason=_NOT_SAID)
        return ConsentReport(is_given=True, grant={REFRESH_TOKEN: Grant(code, redirect_url).to_text()})

    def restriction_scripts(self, facts: RestrictionFacts) -> tuple[Script, ...]:
        """Ways to give just enough, best first."""
        return restriction_scripts(facts)

    def access_remedy(self, cause: AccessCause, mailboxes: Sequence[Address], facts: RestrictionFacts) -> Remedy:
        """What mends mailboxes that are out of reach for this cause."""
        return access_remedy(cause, mailboxes, facts)

    def permission_remedy(self, permission: str, facts: RestrictionFacts) -> Remedy:
        """What mends a scope that is missing or not effective."""
        return permission_remedy(permission, facts)

    def confinement_remedy(self, facts: RestrictionFacts) -> Remedy:
        """What puts mailboxes out of reach that must be, and are not."""
        return confinement_remedy(facts)

    def room_answer_remedy(
        self,
        answer: RoomAnswer,  # noqa: ARG002 - one setting of the room's calendar decides all of it
        rooms: Sequence[Address],
        host: Address | None,  # noqa: ARG002 - as above
    ) -> Remedy:
        """What mends rooms that do not accept."""
        return room_answer_remedy(rooms)

    def room_policy_script(self, rooms: Sequence[Address], host: Address | None) -> Script | None:  # noqa: ARG002 - none for any
        """None: no script tells how a room's calendar answers."""
        return None

    def read_room_policies(self, pasted: str) -> Mapping[Address, RoomAnswer]:  # noqa: ARG002 - nothing is understood
        """There is no such script. Raises InvalidInput."""
        raise InvalidInput({"pasted": "Google's settings of rooms cannot be read by a script. Book a test instead."})

    def restricts(self, permissions: Sequence[str]) -> Mapping[str, str]:  # noqa: ARG002 - tokens name no delegation
        """Nothing: a token says nothing of what else is delegated."""
        return {}


def _tenant_mistake(tenant: str) -> str:
    if _CUSTOMER.fullmatch(tenant) or _DOMAIN.fullmatch(tenant):
        return ""
    return (
        "Enter the customer ID, such as C03az79cb (Admin console → Account → Account settings → Profile), or the "
        "primary domain."
    )


def _endpoint_mistake(url: str) -> str:
    return "" if url == CLOUDS["global"]["metadata"] else endpoint_mistake(url)


def _key_file_mistake(text: str) -> str:
    try:
        key = load_pem_private_key(read_key_file(text).private_key.encode(), password=None)
    except NotAKeyFile as error:
        return str(error)
    except (ValueError, TypeError):
        return "The private key in the file cannot be read. Paste the whole file, without changing its line breaks."
    return "" if isinstance(key, RSAPrivateKey) else "Google takes RSA keys; this is another kind."


def _account_mistake(text: str) -> str:
    if is_cloud_identity(Address(text.lower())):
        return ""
    return "Enter the cloud service account's e-mail address, which ends in .iam.gserviceaccount.com."


def _unique_id_mistake(text: str) -> str:
    return "" if _UNIQUE_ID.fullmatch(text) else "Enter the unique ID, a number of about 21 digits, not the name."


def _client_id_mistake(text: str) -> str:
    if _UNIQUE_ID.fullmatch(text):
        return "This is a cloud service account's ID. Enter that of an OAuth client of the type Web application."
    return "" if text.endswith(".apps.googleusercontent.com") else "An OAuth client ID ends in .googleusercontent.com."


def _mailbox_mistake(text: str) -> str:
    try:
        address = parse_address(text)
    except InvalidAddress as error:
        return str(error)
    if is_room(address) or is_cloud_identity(address):
        return "Enter an ordinary user's address: rooms and cloud service accounts cannot host meetings."
    return ""


def _fine(_: str) -> str:
    return ""


_CHECKS: Mapping[tuple[str, str], Callable[[str], str]] = {
    (KEY_FILE, "key_file"): _key_file_mistake,
    (KEYLESS, "account"): _account_mistake,
    (KEYLESS, "app_id"): _unique_id_mistake,
    (MAILBOX, "app_id"): _client_id_mistake,
    (MAILBOX, "client_secret"): _fine,
    (MAILBOX, "mailbox"): _mailbox_mistake,
    (MAILBOX, "refresh_token"): _fine,
}
