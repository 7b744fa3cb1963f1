"""Where a connection's cloud is: its sign-in, its Graph, and what a token is asked for."""

from roomstead.adapters.providers.microsoft.offer import CLOUDS
from roomstead.application.ports.providers import Connection

_GRAPH_VERSION = "v1.0"
_DEFAULT = CLOUDS["global"]


def login_url(connection: Connection) -> str:
    """The cloud's sign-in; no slash at the end."""
    return connection.endpoints.get("login", _DEFAULT["login"]).rstrip("/")


def graph_url(connection: Connection) -> str:
    """The cloud's Graph with its version; no slash at the end."""
    return f"{_api(connection)}/{_GRAPH_VERSION}"


def token_scope(connection: Connection) -> str:
    """What a token is asked for: all that is granted in this cloud's Graph (Microsoft Graph docs: national clouds).

    An endpoint that is none of Microsoft's stands in for the global cloud unless it names its own ``scope``.
    """
    if "scope" in connection.endpoints:
        return connection.endpoints["scope"]
    known = {cloud["api"] for cloud in CLOUDS.values()}
    api = _api(connection)
    return f"{api if api in known else _DEFAULT['api']}/.default"


def _api(connection: Connection) -> str:
    return connection.endpoints.get("api", _DEFAULT["api"]).rstrip("/")
