"""A small JSON client for programs on this machine: what a customer's script would do."""

import http.client
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from roomstead.entrypoints.demo.programs import DemoFailed

Json = Any
"""Whatever JSON holds; the demo looks into answers by key, as a script would."""

LOOK_AGAIN_SECONDS = 0.15


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, headers in lower case, and the JSON body (None when empty)."""

    status: int
    headers: Mapping[str, str]
    body: Json

    @property
    def is_ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300  # noqa: PLR2004 - the range of success


class Api:
    """Speaks JSON with one base URL, as one person."""

    def __init__(self, base_url: str, token: str | None = None) -> None:
        """``token`` is sent as a bearer token."""
        parts = urlsplit(base_url)
        self._host = parts.hostname or "127.0.0.1"
        self._port = parts.port or 80
        self._prefix = parts.path.rstrip("/")
        self._token = token

    def as_person(self, token: str) -> "Api":
        """The same place, as somebody else."""
        return Api(f"http://{self._host}:{self._port}{self._prefix}", token)

    def call(self, method: str, path: str, body: object = None, *, headers: Mapping[str, str] | None = None) -> Answer:
        """One request; any status is an answer. Raises OSError when nobody listens."""
        sent = {"Accept": "application/json", **(headers or {})}
        if self._token:
            sent["Authorization"] = f"Bearer {self._token}"
        payload = None
        if body is not None:
            sent["Content-Type"] = "application/json"
            payload = json.dumps(body).encode()
        connection = http.client.HTTPConnection(self._host, self._port, timeout=30)
        try:
            connection.request(method, self._prefix + path, payload, sent)
            response = connection.getresponse()
            raw = response.read()
            received = {name.lower(): value for name, value in response.getheaders()}
        finally:
            connection.close()
        return Answer(response.status, received, json.loads(raw) if raw[:1] in {b"{", b"["} else None)

    def get(self, path: str, **query: str | int) -> Json:
        """Read; raises DemoFailed unless 2xx."""
        return self._expect("GET", path + ("?" + urlencode(query) if query else ""))

    def post(self, path: str, body: object = None, *, headers: Mapping[str, str] | None = None) -> Json:
        """Do; raises DemoFailed unless 2xx."""
        return self._expect("POST", path, body if body is not None else {}, headers)

    def put(self, path: str, body: object, *, headers: Mapping[str, str] | None = None) -> Json:
        """Set; raises DemoFailed unless 2xx."""
        return self._expect("PUT", path, body, headers)

    def patch(self, path: str, body: object, *, headers: Mapping[str, str] | None = None) -> Json:
        """Change; raises DemoFailed unless 2xx."""
        return self._expect("PATCH", path, body, headers)

    def _expect(self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Json:
        answer = self.call(method, path, body, headers=headers)
        if not answer.is_ok:
            raise DemoFailed(f"{method} {path} answered {answer.status}: {json.dumps(answer.body)[:600]}")
        return answer.body


def until(look: Callable[[], Json], holds: Callable[[Json], bool], *, seconds: float) -> Json:
    """Look again and again until ``holds`` or the time is over; the last thing seen either way."""
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if holds(seen) or time.monotonic() > deadline:
            return seen
        time.sleep(LOOK_AGAIN_SECONDS)
