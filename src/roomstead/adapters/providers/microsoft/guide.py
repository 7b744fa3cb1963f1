"""Set-up knowledge: mistakes in the form, the consent page, and who mends what. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import quote, urlencode
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from roomstead.adapters.providers.addresses import endpoint_mistake
from roomstead.adapters.providers.microsoft.endpoints import login_url
from roomstead.adapters.providers.microsoft.offer import DESCRIPTION
from roomstead.adapters.providers.microsoft.remedies import (
    access_remedy,
    confinement_remedy,
    permission_remedy,
    room_answer_remedy,
)
from roomstead.adapters.providers.microsoft.restriction import restriction_scripts
from roomstead.adapters.providers.microsoft.room_policies import read_room_policies, room_policy_script
from roomstead.application.ports.providers import Connection, ConsentReport, Remedy, RestrictionFacts, Script
from roomstead.domain.access import AccessCause
from roomstead.domain.mailbox import Address
from roomstead.domain.room_answers import RoomAnswer

_DOMAIN = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.IGNORECASE | re.ASCII)
_MANY_TENANTS = {"common", "organizations", "consumers"}
_CANCELLED = (
    "The admin cancelled, or may not consent: it takes a Privileged Role Administrator or Global Administrator."
)
_NOT_GIVEN = "The page ended with an error. Check that the app's permissions and its redirect URI are registered."
_NOT_SAID = "The page did not say that consent was given."
_UNCONFINED = {
    "Calendars.ReadBasic": "No policy confines it: it reads the times of every calendar in the tenant.",
    "Calendars.ReadBasic.All": "No policy confines it: it reads the times of every calendar in the tenant, "
    "so a mailbox that must be refused is not, and one that may be reached looks reachable for the wrong reason.",
}


class MicrosoftGuide:
    """What Microsoft's documentation and other people's tenants taught about connecting one."""

    def validate(self, connection: Connection) -> Mapping[str, str]:
        """Mistakes in the form, by field."""
        kinds = {kind.key: kind for kind in DESCRIPTION.credential_kinds}
        mistakes = {"tenant": _tenant_mistake(connection.tenant)}
        mistakes |= {name: endpoint_mistake(url) for name, url in connection.endpoints.items() if name != "scope"}
        if connection.credential_kind not in kinds:
            mistakes["credential_kind"] = f"Choose one of: {', '.join(kinds)}."
        else:
            for field in kinds[connection.credential_kind].fields:
                given = (connection.secrets if field.is_secret else connection.settings).get(field.name, "").strip()
                mistakes[field.name] = (
                    _CHECKS[field.name](given) if given else f"{field.label} is missing. {field.help}"
                )
            if connection.credential_kind == "certificate" and not any(mistakes.values()):
                mistakes["private_key"] = _pair_mistake(connection)
        return {name: sentence for name, sentence in mistakes.items() if sentence}

    def tier_mistake(self, credential_kind: str, tier: int) -> str:  # noqa: ARG002 - permissions are granted apart
        """Nothing: every way to sign in fits every tier."""
        return ""

    def shown(self, connection: Connection) -> Mapping[str, str]:  # noqa: ARG002 - the app's id is a field of its own
        """Nothing: no secret field holds anything else."""
        return {}

    def ends_at(self, connection: Connection) -> datetime | None:
        """When the certificate ends; a secret does not say."""
        text = connection.settings.get("certificate", "")
        return x509.load_pem_x509_certificate(text.encode()).not_valid_after_utc if text else None

    def consent_url(self, connection: Connection, *, redirect_url: str, state: str) -> str:
        """The admin consent page (Microsoft identity platform docs: admin consent)."""
        query = {"client_id": connection.settings.get("app_id", ""), "state": state, "redirect_uri": redirect_url}
        tenant = quote(connection.tenant, safe="")
        return f"{login_url(connection)}/{tenant}/adminconsent?{urlencode(query, quote_via=quote)}"

    def read_consent(self, answer: Mapping[str, str], *, redirect_url: str) -> ConsentReport:  # noqa: ARG002 - it brings nothing
        """``admin_consent=True&tenant=…`` or ``error=…`` (Microsoft identity platform docs: admin consent).

        The page's own description is left out: it is text from an address, and may be anybody's.
        """
        error = answer.get("error", "")
        if error:
            cancelled = error in {"permission_denied", "access_denied"}
            return ConsentReport(is_given=False, reason=_CANCELLED if cancelled else _NOT_GIVEN)
        if answer.get("admin_consent", "").lower() != "true":
            return ConsentReport(is_given=False, reason=_NOT_SAID)
        return ConsentReport(is_given=True, tenant=answer.get("tenant", ""))

    def restriction_scripts(self, facts: RestrictionFacts) -> tuple[Script, ...]:
        """Ways to confine the app, best first."""
        return restriction_scripts(facts)

    def access_remedy(self, cause: AccessCause, mailboxes: Sequence[Address], facts: RestrictionFacts) -> Remedy:
        """What mends mailboxes that are out of reach for this cause."""
        return access_remedy(cause, mailboxes, facts)

    def permission_remedy(self, permission: str, facts: RestrictionFacts) -> Remedy:
        """What mends a permission that is missing or not effective."""
        return permission_remedy(permission, facts)

    def confinement_remedy(self, facts: RestrictionFacts) -> Remedy:
        """What puts mailboxes out of reach that must be, and are not."""
        return confinement_remedy(facts)

    def room_answer_remedy(self, answer: RoomAnswer, rooms: Sequence[Address], host: Address | None) -> Remedy:
        """What mends rooms that do not accept."""
        return room_answer_remedy(answer, rooms, host)

    def room_policy_script(self, rooms: Sequence[Address], host: Address | None) -> Script | None:
        """A script that only reads how these rooms treat requests."""
        return room_policy_script(rooms, host)

    def read_room_policies(self, pasted: str) -> Mapping[Address, RoomAnswer]:
        """What that script printed. Raises InvalidInput."""
        return read_room_policies(pasted)

    def restricts(self, permissions: Sequence[str]) -> Mapping[str, str]:
        """Permissions that no restriction covers, and why that makes its proof worthless."""
        return {name: _UNCONFINED[name] for name in permissions if name in _UNCONFINED}


def _is_guid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def _tenant_mistake(tenant: str) -> str:
    if tenant.lower() in _MANY_TENANTS:
        return "Enter your own tenant's ID: an app signs in to one tenant."
    if _is_guid(tenant) or _DOMAIN.fullmatch(tenant):
        return ""
    return "Enter the tenant's ID, a GUID, or one of its verified domains, such as contoso.onmicrosoft.com."


def _app_id_mistake(text: str) -> str:
    return "" if _is_guid(text) else "This is not an application ID, which is a GUID such as 535fb089-9ff3-…"


def _secret_mistake(text: str) -> str:
    if not _is_guid(text):
        return ""
    return "This is the secret's ID. Paste its Value, which is shown once when the secret is made."


def _certificate_mistake(text: str) -> str:
    try:
        certificate = x509.load_pem_x509_certificate(text.encode())
    except ValueError:
        return "This is not a certificate in PEM form, from BEGIN CERTIFICATE to END CERTIFICATE."
    if certificate.not_valid_after_utc <= datetime.now(UTC):
        return f"This certificate ended on {certificate.not_valid_after_utc:%Y-%m-%d}. Upload a new one."
    return ""


def _key_mistake(text: str) -> str:
    try:
        key = load_pem_private_key(text.encode(), password=None)
    except TypeError:
        return "This key has a passphrase. Enter it without one; it is sealed here."
    except ValueError:
        return "This is not a private key in PEM form."
    return "" if isinstance(key, RSAPrivateKey) else "Microsoft takes RSA keys; this is another kind."


def _pair_mistake(connection: Connection) -> str:
    certificate = x509.load_pem_x509_certificate(connection.settings["certificate"].encode())
    key = load_pem_private_key(connection.secrets["private_key"].encode(), password=None)
    return "" if certificate.public_key() == key.public_key() else "This key does not belong to the certificate."


_CHECKS: Mapping[str, Callable[[str], str]] = {
    "app_id": _app_id_mistake,
    "client_secret": _secret_mistake,
    "certificate": _certificate_mistake,
    "private_key": _key_mistake,
}
