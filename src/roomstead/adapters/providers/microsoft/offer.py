"""Outlook as it is offered to an admin: clouds, ways to authenticate, and how much access to give."""

from roomstead.adapters.providers.microsoft.changes import CURSOR_VERSION
from roomstead.adapters.providers.microsoft.notifications import LONGEST_SUBSCRIPTION
from roomstead.adapters.providers.microsoft.outgoing import MOST_ATTENDEES
from roomstead.application.ports.calendar import Capabilities
from roomstead.application.ports.providers import CredentialField, CredentialKind, Permission, ProviderDescription, Tier

CAPABILITIES = Capabilities(
    cancel_carries_comment=True,
    window_is_fixed=True,
    room_answer_in_write=False,
    transfers_events=False,
    longest_subscription=LONGEST_SUBSCRIPTION,
    most_invited=MOST_ATTENDEES,
    cursor_version=CURSOR_VERSION,
    recipients_a_day=10_000,  # Exchange Online limits: recipient rate limit
)

CLOUDS = {
    "global": {"login": "https://login.microsoftonline.com", "api": "https://graph.microsoft.com"},
    "us_gov_high": {"login": "https://login.microsoftonline.us", "api": "https://graph.microsoft.us"},
    "us_gov_dod": {"login": "https://login.microsoftonline.us", "api": "https://dod-graph.microsoft.us"},
    "china": {"login": "https://login.chinacloudapi.cn", "api": "https://microsoftgraph.chinacloudapi.cn"},
}
"""Microsoft Graph docs: national cloud deployments. Tokens of one cloud are worth nothing in another."""

_APP_ID = CredentialField(
    "app_id", "Application (client) ID", "A GUID, on the overview page of the app registration in Entra."
)
_SECRET = CredentialField(
    "client_secret",
    "Client secret value",
    "The secret's Value, shown once when it is made; not its ID, which is a GUID. Note when it expires.",
    is_secret=True,
)
_CERTIFICATE = CredentialField(
    "certificate",
    "Certificate",
    "PEM text, from BEGIN CERTIFICATE to END CERTIFICATE; the same that is uploaded to the app registration.",
    is_multiline=True,
)
_PRIVATE_KEY = CredentialField(
    "private_key",
    "Private key",
    "PEM text of the certificate's RSA key, without a passphrase. It is sealed at once and never shown again.",
    is_secret=True,
    is_multiline=True,
)

_PLACES = Permission(
    "Place.Read.All", "To list the rooms of the directory with building, floor and capacity.", is_per_mailbox=False
)
_READ_ROOMS = Permission("Calendars.Read", "To see when rooms are taken and what they answer.", is_per_mailbox=True)
_WRITE_SERVICE = Permission("Calendars.ReadWrite", "To book in the service account's calendar.", is_per_mailbox=True)
_WRITE_EVERYONE = Permission("Calendars.ReadWrite", "To book in the organiser's own calendar.", is_per_mailbox=True)
_SETTINGS = Permission(
    "MailboxSettings.Read", "To tell rooms, people and shared mailboxes apart.", is_per_mailbox=True, is_optional=True
)
_PEOPLE = Permission("User.ReadBasic.All", "To find the mailbox that belongs to an address.", is_per_mailbox=False)

DESCRIPTION = ProviderDescription(
    key="microsoft",
    label="Outlook",
    clouds=CLOUDS,
    credential_kinds=(
        CredentialKind("certificate", "Certificate", (_APP_ID, _CERTIFICATE, _PRIVATE_KEY)),
        CredentialKind("secret", "Client secret", (_APP_ID, _SECRET)),
    ),
    tiers=(
        Tier(1, "Rooms, read-only", (_PLACES, _READ_ROOMS)),
        Tier(2, "Rooms and a service account", (_PLACES, _READ_ROOMS, _WRITE_SERVICE, _SETTINGS)),
        Tier(3, "Everyone", (_PLACES, _WRITE_EVERYONE, _SETTINGS, _PEOPLE)),
    ),
    capabilities=CAPABILITIES,
)

APP_ROLE_IDS = {
    "Calendars.Read": "798ee544-9d2d-430c-a058-570e29e34338",
    "Calendars.ReadBasic.All": "8ba4a692-bc31-4128-9094-475872af8a53",
    "Calendars.ReadWrite": "ef54d2bf-783f-4e0f-bca1-3210c0444d99",
    "MailboxSettings.Read": "40f97065-369a-49f4-947c-6a255697ae91",
    "Place.Read.All": "913b9306-0ce1-42b8-9137-6a7df690a760",
    "User.ReadBasic.All": "97235f07-e226-4f63-ace3-39588e11d3a1",
}
"""Ids of Graph's application permissions, the same in every tenant (Microsoft Graph docs: permissions reference)."""

GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
