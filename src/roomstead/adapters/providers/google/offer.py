"""Google as it is offered to an admin: endpoints, ways to authenticate, and how much access to give."""

from roomstead.adapters.providers.google import scopes
from roomstead.adapters.providers.google.calls import ROOM_SUFFIX
from roomstead.adapters.providers.google.changes import CURSOR_VERSION
from roomstead.adapters.providers.google.notifications import LONGEST_SUBSCRIPTION
from roomstead.adapters.providers.google.outgoing import MOST_ATTENDEES
from roomstead.application.ports.calendar import Capabilities
from roomstead.application.ports.providers import CredentialField, CredentialKind, Permission, ProviderDescription, Tier

KEY_FILE = "key_file"
KEYLESS = "keyless"
MAILBOX = "mailbox"

CAPABILITIES = Capabilities(
    cancel_carries_comment=False,
    window_is_fixed=True,
    room_answer_in_write=False,
    transfers_events=True,
    longest_subscription=LONGEST_SUBSCRIPTION,
    most_invited=MOST_ATTENDEES,
    cursor_version=CURSOR_VERSION,
    recipients_a_day=10_000,  # Calendar use limits: invitations to people outside; inside they are not counted
    shared_domains=frozenset({ROOM_SUFFIX.removeprefix("@")}),
)

CLOUDS = {
    "global": {
        "oauth": "https://oauth2.googleapis.com",
        "calendar": "https://www.googleapis.com",
        "directory": "https://admin.googleapis.com",
        "iam": "https://iamcredentials.googleapis.com",
        "accounts": "https://accounts.google.com",
        "metadata": "http://metadata.google.internal",
    }
}

_KEY_FILE = CredentialField(
    "key_file",
    "Key file",
    "The whole JSON file that was downloaded when the service account got its key. It is sealed at once and never "
    "shown again; its client ID and e-mail address are.",
    is_secret=True,
    is_multiline=True,
)
_ACCOUNT = CredentialField(
    "account", "Service account e-mail", "Of the cloud service account, ending in .iam.gserviceaccount.com."
)
_UNIQUE_ID = CredentialField(
    "app_id", "Client ID", "The cloud service account's unique ID, a number of about 21 digits."
)
_CLIENT_ID = CredentialField(
    "app_id", "OAuth client ID", "Of a web application client, ending in .apps.googleusercontent.com."
)
_CLIENT_SECRET = CredentialField(
    "client_secret", "OAuth client secret", "Shown when the client is made. It is sealed at once.", is_secret=True
)
_MAILBOX = CredentialField("mailbox", "Mailbox", "The address of the service account mailbox that signs in.")
_REFRESH_TOKEN = CredentialField(
    "refresh_token",
    "Refresh token",
    "What the mailbox's own sign-in leaves for Roomstead. It is sealed at once and never shown again.",
    is_secret=True,
    is_optional=True,
)

_READ_ROOMS = Permission(scopes.READ_EVENTS, "To see when rooms are taken and what they answer.", is_per_mailbox=True)
_HOST_SERVICE = Permission(scopes.OWN_EVENTS, "To book in the service account's calendar.", is_per_mailbox=True)
_HOST_EVERYONE = Permission(scopes.OWN_EVENTS, "To book in the organiser's own calendar.", is_per_mailbox=True)
_ROOMS = Permission(
    scopes.ROOMS, "To list the rooms of the directory with building, floor and capacity.", is_per_mailbox=False
)
_ROOMS_IF_GIVEN = Permission(scopes.ROOMS, _ROOMS.why, is_per_mailbox=False, is_optional=True)
_PEOPLE = Permission(
    scopes.PEOPLE, "To find the mailbox that belongs to an address, and see who left.", is_per_mailbox=False
)
_FREE_BUSY = Permission(
    scopes.FREE_BUSY, "To ask when many people and rooms are free.", is_per_mailbox=False, is_optional=True
)

DESCRIPTION = ProviderDescription(
    key="google",
    label="Google",
    clouds=CLOUDS,
    credential_kinds=(
        CredentialKind(KEY_FILE, "Key file of a cloud service account", (_KEY_FILE,)),
        CredentialKind(KEYLESS, "Keyless, on a machine in Google Cloud", (_ACCOUNT, _UNIQUE_ID)),
        CredentialKind(
            MAILBOX,
            "Service account mailbox that signs in once",
            (_CLIENT_ID, _CLIENT_SECRET, _MAILBOX, _REFRESH_TOKEN),
        ),
    ),
    tiers=(
        Tier(1, "Rooms, read-only", (_READ_ROOMS, _ROOMS_IF_GIVEN)),
        Tier(2, "Rooms and a service account", (_READ_ROOMS, _HOST_SERVICE, _ROOMS_IF_GIVEN, _FREE_BUSY)),
        Tier(3, "Everyone: all mailboxes", (_READ_ROOMS, _HOST_EVERYONE, _ROOMS, _PEOPLE, _FREE_BUSY)),
    ),
    capabilities=CAPABILITIES,
)
