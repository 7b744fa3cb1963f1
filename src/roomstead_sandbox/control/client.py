"""A client of the control API, for the command line and for tests."""

import ssl
from pathlib import Path
from typing import Any

import httpx2

_FIRST_ERROR = 400


class ControlRefused(Exception):
    """The control API said no, or is not there; the message is a sentence."""


class Control:
    """A client of the control API. Paths are relative to it: `post("clock/advance", {"seconds": 60})`."""

    def __init__(self, base_url: str, authority: Path | None) -> None:
        self._client = httpx2.Client(
            base_url=base_url,
            verify=_trust(base_url, authority),
            timeout=60,
            trust_env=False,
        )

    def get(self, path: str, **query: object) -> Any:  # noqa: ANN401 - JSON
        """GET; raises ControlRefused with the API's sentence."""
        given = {name: str(value) for name, value in query.items() if value is not None}
        return self._ask("GET", path, params=given)

    def post(self, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        """POST a JSON body; raises ControlRefused with the API's sentence."""
        return self._ask("POST", path, json={} if body is None else body)

    def patch(self, path: str, body: object) -> Any:  # noqa: ANN401 - JSON
        """PATCH; as `post`."""
        return self._ask("PATCH", path, json=body)

    def delete(self, path: str) -> Any:  # noqa: ANN401 - JSON
        """DELETE; as `post`."""
        return self._ask("DELETE", path)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _ask(self, method: str, path: str, **given: Any) -> Any:  # noqa: ANN401 - JSON
        try:
            answer = self._client.request(method, path, **given)
        except httpx2.TransportError as error:
            raise ControlRefused(f"No sandbox answers at {self._client.base_url}.") from error
        data = answer.json() if answer.content else None
        if answer.status_code >= _FIRST_ERROR:
            raise ControlRefused(data.get("detail", answer.text) if isinstance(data, dict) else answer.text)
        return data


def _trust(base_url: str, authority: Path | None) -> ssl.SSLContext | bool:
    """What to check certificates against; nothing is loaded where there are none (it takes 50 ms)."""
    if base_url.startswith("http:"):
        return False
    return True if authority is None else ssl.create_default_context(cafile=authority)
