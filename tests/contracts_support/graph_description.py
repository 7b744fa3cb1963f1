"""Microsoft's own description of the Graph calls in use, as a judge of requests and answers.

The document is not part of this repository: it is used where it lies at ``../shared/contracts/`` beside it.  Load this
module by its path (``importlib.util.spec_from_file_location``) from wherever it is needed; nothing here imports the
service or the rehearsal tenant.  Validators are compiled once per operation.
"""

import copy
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

import jsonschema_rs

REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENT = REPOSITORY.parent / "shared" / "contracts" / "graph-openapi.json"
PLAIN_METHODS = frozenset({"get", "post", "patch", "delete"})
EVENT = "microsoft.graph.event"
ERROR = "#/components/schemas/microsoft.graph.ODataErrors.ODataError"
FIRST_ERROR = 400


@dataclass(frozen=True)
class Deviation:
    """Where the real service is known to differ from its description, and why we follow the service."""

    name: str
    reason: str


DEVIATIONS = (
    Deviation(
        "null objects",
        "OpenAPI 3.0 cannot say that a $ref may be null; the service sends null for recurrence, onlineMeeting, address "
        "(Graph docs: samples of Create event and List places).",
    ),
    Deviation(
        "@removed",
        "A delta round names removed items by @removed (Graph docs: event: delta); the flattened event lacks it.",
    ),
    Deviation(
        "cancelledOccurrences",
        "v1.0 metadata has cancelledOccurrences and exceptionOccurrences (Graph docs: event resource type); the "
        "description is older.",
    ),
    Deviation(
        "links without start",
        "nextLink and deltaLink carry the window in their token; the description calls both times required.",
    ),
    Deviation(
        "system options",
        "$skiptoken and $deltatoken stand in links (Graph docs: Paging), which the description does not list.",
    ),
)
UNDESCRIBED = {
    r"/users": "the directory's users are left out of the description (Graph docs: List users)",
    r"/users/[^/]+": "as above (Graph docs: Get user)",
    r"/users/[^/]+/mailboxSettings(/.*)?": "left out (Graph docs: Get user mailbox settings)",
    r"/users/[^/]+/translateExchangeIds": "left out (Graph docs: user: translateExchangeIds)",
    r"/users/[^/]+/outlook/.*": "left out (Graph docs: outlookUser: supportedTimeZones)",
    r"/users/[^/]+/calendars/[^/]+/calendarView/delta": "only the default calendar's delta is described",
    r"/users/[^/]+/calendars/[^/]+/events/[^/]+/.*": "actions are described below /events and /calendar only",
    r"/users/[^/]+(/calendars?(/[^/]+)?)?/events/[^/]+/permanentDelete": "left out (v1.0 metadata has it)",
    r"/users/[^/]+/calendars/[^/]+/getSchedule": "only the default calendar's is described",
    r"/places/(?!microsoft\.graph\.)[^/]+": "reading one place is described by its casts only (Graph docs: Get place)",
    r"/\$batch": "batching is described in prose only (Graph docs: Combine requests using JSON batching)",
    r"/me(/.*)?": "there is no user behind an app-only token",
    r"/users\('[^/]*'\)(/.*)?": "keys in parentheses are OData's other spelling of the same paths",
}
"""Paths that the description lacks, with the place where they are documented."""


@dataclass
class Operation:
    """One described operation with its compiled validators."""

    template: str
    parameters: frozenset[str]
    required: frozenset[str]
    request: jsonschema_rs.Validator | None
    success: jsonschema_rs.Validator | None
    failure: jsonschema_rs.Validator | None


@dataclass
class GraphDescription:
    """The judge.  Every check returns sentences; an empty list is approval."""

    document: dict[str, Any]
    _operations: dict[tuple[str, str], Operation] = field(default_factory=dict)
    _templates: dict[str, re.Pattern[str]] = field(default_factory=dict)
    _validators: dict[str, jsonschema_rs.Validator] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Turn the document into plain JSON Schema once."""
        self._schemas = _with_deviations(_plain(self.document["components"]["schemas"]))
        for template in self.document["paths"]:
            pattern = re.sub(
                r"\{[^}]+\}", "[^/]+", template.replace("$", r"\$").replace("(", r"\(").replace(")", r"\)")
            )
            self._templates[template] = re.compile(f"^{pattern}$", re.IGNORECASE)

        self._failure = jsonschema_rs.validator_for({"$ref": ERROR, "components": {"schemas": self._schemas}})

    def check_request(self, method: str, target: str, body: bytes) -> list[str]:
        """What is wrong with a request: ``target`` is the path below the version, with its query."""
        path, _, query = target.partition("?")
        operation = self._operation(method, path)
        if operation is None:
            return _undescribed(method, path)
        names = {name for name, _ in parse_qsl(query, keep_blank_values=True)}
        problems = [f"{method} {operation.template}: unknown parameter {n}" for n in _unknown(names, operation)]
        if operation.request is not None and body:
            problems += _errors(operation.request, body, f"{method} {operation.template}")
        return problems

    def check_answer(self, method: str, target: str, status: int, body: bytes) -> list[str]:
        """What is wrong with an answer to a request of this method and target."""
        path = target.partition("?")[0]
        operation = self._operation(method, path)
        if operation is None and status >= FIRST_ERROR:
            return _errors(self._failure, body, f"{method} {path} → {status}")
        if operation is None:
            return _undescribed(method, path)
        where = f"{method} {operation.template} → {status}"
        if status in (202, 204) or not body:
            return [f"{where}: has a body"] if body else []
        validator = operation.success if status < FIRST_ERROR else operation.failure
        return _errors(validator, body, where) if validator is not None else [f"{where}: no answer is described"]

    def _operation(self, method: str, path: str) -> Operation | None:
        found = self._find(method.lower(), path)
        if found is None:
            return None
        key = (method.lower(), found)
        if key not in self._operations:
            self._operations[key] = self._compiled(*key)
        return self._operations[key]

    def _find(self, method: str, path: str) -> str | None:
        if _is_undescribed(path):
            return None
        for template, pattern in self._templates.items():
            if method in self.document["paths"][template] and pattern.match(path):
                return template
        return None

    def _compiled(self, method: str, template: str) -> Operation:
        described = self.document["paths"][template][method]
        parameters = [self._resolved(parameter) for parameter in described.get("parameters", ())]
        responses = described["responses"]
        request = self._resolved(described["requestBody"]) if "requestBody" in described else None
        return Operation(
            template=template,
            parameters=frozenset(p["name"] for p in parameters if p["in"] == "query"),
            required=frozenset(p["name"] for p in parameters if p["in"] == "query" and p.get("required")),
            request=self._validator(request),
            success=self._validator(self._resolved(responses.get("2XX", {}))),
            failure=self._validator(self._resolved(responses["default"])),
        )

    def _resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in node:
            target: Any = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step.replace("~1", "/")]
            node = target
        return node

    def _validator(self, message: Mapping[str, Any] | None) -> jsonschema_rs.Validator | None:
        schema = (message or {}).get("content", {}).get("application/json", {}).get("schema")
        if schema is None:
            return None
        root = {**_plain(schema), "components": {"schemas": self._schemas}}
        key = json.dumps(schema, sort_keys=True)
        if key not in self._validators:
            self._validators[key] = jsonschema_rs.validator_for(root)
        return self._validators[key]


def load() -> GraphDescription | None:
    """The judge; None on a bare clone."""
    if not DOCUMENT.is_file():
        return None
    return GraphDescription(json.loads(DOCUMENT.read_text(encoding="utf-8")))


def _unknown(names: set[str], operation: Operation) -> Iterator[str]:
    known = {name.lower() for name in operation.parameters} | {"$skiptoken", "$deltatoken"}
    return (name for name in sorted(names) if name.lower() not in known)


def _is_undescribed(path: str) -> bool:
    return any(re.fullmatch(pattern, unquote(path), re.IGNORECASE) for pattern in UNDESCRIBED)


def _undescribed(method: str, path: str) -> list[str]:
    if method.lower() in PLAIN_METHODS and _is_undescribed(path):
        return []
    return [f"{method} {path} is not described"]


def _errors(validator: jsonschema_rs.Validator, body: bytes, where: str) -> list[str]:
    try:
        data = json.loads(body)
    except ValueError:
        return [f"{where}: not JSON"]
    if validator.is_valid(data):
        return []
    return [
        f"{where}: {'/'.join(map(str, error.instance_path))}: {error.message[:300]}"
        for error in validator.iter_errors(data)
    ]


def _plain(node: Any) -> Any:  # noqa: ANN401  (JSON)
    """OpenAPI 3.0 as JSON Schema: ``nullable`` becomes a type; a property that is a $ref may be null (see above)."""
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict) or "$ref" in node:
        return node
    plain = {name: _plain(value) for name, value in node.items() if name != "description"}
    if isinstance(node.get("properties"), dict):
        plain["properties"] = {name: _property(value) for name, value in node["properties"].items()}
    if plain.pop("nullable", False) is True and isinstance(plain.get("type"), str):
        plain["type"] = [plain["type"], "null"]
        if "enum" in plain:
            plain["enum"] = [*plain["enum"], None]
    return plain


def _property(node: Any) -> Any:  # noqa: ANN401  (JSON)
    if isinstance(node, dict) and "$ref" in node:
        return {"if": {"not": {"type": "null"}}, "then": node}
    return _plain(node)


def _with_deviations(schemas: dict[str, Any]) -> dict[str, Any]:
    changed = copy.deepcopy(schemas)
    properties = changed[EVENT]["properties"]
    properties["@removed"] = {"type": "object", "properties": {"reason": {"enum": ["deleted", "changed"]}}}
    properties["cancelledOccurrences"] = {"type": "array", "items": {"type": "string"}}
    properties["exceptionOccurrences"] = {
        "type": "array",
        "items": {"$ref": f"#/components/schemas/{EVENT}"},
    }
    return changed
