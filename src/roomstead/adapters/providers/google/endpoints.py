"""Where a connection's cloud is: sign-in, calendars, directory, signing without a key file."""

from roomstead.adapters.providers.google.offer import CLOUDS
from roomstead.application.ports.providers import Connection

_DEFAULT = CLOUDS["global"]


def token_url(connection: Connection) -> str:
    """Where tokens are asked for."""
    return f"{_base(connection, 'oauth')}/token"


def calendar_url(connection: Connection) -> str:
    """The Calendar API with its version; no slash at the end."""
    return f"{_base(connection, 'calendar')}/calendar/v3"


def directory_url(connection: Connection) -> str:
    """The Directory API with its version; no slash at the end."""
    return f"{_base(connection, 'directory')}/admin/directory/v1"


def iam_url(connection: Connection) -> str:
    """The service that signs for a cloud identity; no slash at the end."""
    return f"{_base(connection, 'iam')}/v1"


def metadata_url(connection: Connection) -> str:
    """Where a machine in the cloud learns its own token; no slash at the end."""
    return f"{_base(connection, 'metadata')}/computeMetadata/v1"


def sign_in_url(connection: Connection) -> str:
    """Where a mailbox gives its own consent, in a browser."""
    return f"{_base(connection, 'accounts')}/o/oauth2/v2/auth"


def _base(connection: Connection, name: str) -> str:
    return connection.endpoints.get(name, _DEFAULT[name]).rstrip("/")
