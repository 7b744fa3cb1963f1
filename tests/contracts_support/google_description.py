"""Google's own description of the Calendar and Directory APIs, as a judge of requests and answers.

The discovery documents are those that google-api-python-client ships.  Load this module by its path
(``importlib.util.spec_from_file_location``) from wherever it is needed; nothing here imports the service or the
rehearsal tenant.  Validators are compiled once per method.  What the documents leave out is an error unless it stands
in ``DEVIATIONS``.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any
from urllib.parse import parse_qsl

import jsonschema_rs

DOCUMENTS = {"/calendar/v3/": "calendar.v3.json", "/admin/directory/v1/": "admin.directory_v1.json"}
"""Where each API lies below its host, and the document that describes it."""
FIRST_ERROR = 400
FORM = "application/x-www-form-urlencoded"
LONGEST_QUOTA_USER = 40
Json = Any  # JSON data; its depth is open


@dataclass(frozen=True)
class Deviation:
    """Where the real service is known to differ from its description, and why we follow the service."""

    name: str
    reason: str


DEVIATIONS = (
    Deviation(
        "featureInstances",
        "described as anything; the service sends a list of {feature: {name}} (Google's page: Calendar resources).",
    ),
    Deviation(
        "errors",
        "the documents describe no errors; the envelope is that of the page Handle API errors, with status and details "
        "where a gateway answers (google.rpc.Status).",
    ),
    Deviation(
        "channel.expiration",
        "described as int64 text; a number, as in the guide's example (Google's page: Push notifications), passes in "
        "requests.",
    ),
)
ERROR: Json = {
    "type": "object",
    "required": ["error"],
    "additionalProperties": False,
    "properties": {
        "error": {
            "type": "object",
            "required": ["errors", "code", "message"],
            "additionalProperties": False,
            "properties": {
                "code": {"type": "integer"},
                "message": {"type": "string"},
                "status": {"type": "string"},
                "details": {"type": "array", "items": {"type": "object", "required": ["@type"]}},
                "errors": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "required": ["domain", "reason", "message"],
                        "additionalProperties": False,
                        "properties": {
                            name: {"type": "string"}
                            for name in ("domain", "reason", "message", "location", "locationType", "extendedHelp")
                        },
                    },
                },
            },
        }
    },
}
FEATURE_INSTANCES: Json = {"type": "array", "items": {"$ref": "#/$defs/FeatureInstance"}}


@dataclass(frozen=True)
class Method:
    """One described method with its compiled validators."""

    id: str
    parameters: Mapping[str, Json]
    request: jsonschema_rs.Validator | None
    response: jsonschema_rs.Validator | None
    shape: Json
    schemas: Json


@dataclass
class GoogleDescription:
    """The judge.  Every check returns sentences; an empty list is approval."""

    _methods: dict[tuple[str, str], Method] = field(default_factory=dict)
    _patterns: list[tuple[str, re.Pattern[str], Json, Json, Json]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Read the documents once."""
        folder = resources.files("googleapiclient").joinpath("discovery_cache", "documents")
        for name in DOCUMENTS.values():
            document = json.loads(folder.joinpath(name).read_text(encoding="utf-8"))
            schemas = _schemas(document)
            for described in _walk(document):
                path = "/" + document["servicePath"] + described["path"]
                pattern = re.compile("^" + re.sub(r"\\\{\+?\w+\\\}", "[^/]+", re.escape(path)) + "$")
                self._patterns.append((described["httpMethod"], pattern, described, document, schemas))
        self._failure = jsonschema_rs.validator_for(ERROR)

    def covers(self, path: str) -> bool:
        """Whether a path below Google's hosts belongs to a described API."""
        return path.startswith(tuple(DOCUMENTS))

    def described(self, method_id: str) -> Json:
        """A method as the document has it, by its id. Raises KeyError."""
        for _, _, described, _, _ in self._patterns:
            if described["id"] == method_id:
                return described
        raise KeyError(method_id)

    def check_request(
        self, method: str, target: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> list[str]:
        """What is wrong with a request: ``target`` is the path below the host, with its query."""
        method, target, body = _unfolded(method, target, body, headers or {})
        path, _, query = target.partition("?")
        found = self._method(method, path)
        if found is None:
            return [f"{method} {path} is not described"]
        problems = list(_parameter_problems(found, parse_qsl(query, keep_blank_values=True)))
        if body and found.request is None:
            problems.append("has a body")
        if body and found.request is not None:
            problems += _errors(found.request, body)
        return [f"{found.id}: {problem}" for problem in problems]

    def check_answer(
        self, method: str, target: str, status: int, body: bytes, headers: Mapping[str, str] | None = None
    ) -> list[str]:
        """What is wrong with an answer to a request of this method and target; ``headers`` are the request's."""
        method, target, _ = _unfolded(method, target, b"", headers or {})
        if status >= FIRST_ERROR:
            return [f"{method} {target} → {status}: {problem}" for problem in _errors(self._failure, body)]
        found = self._method(method, target.partition("?")[0])
        if found is None:
            return [f"{method} {target} is not described"]
        if found.response is None or not body:
            wrong = ["has a body"] if body else [] if found.response is None or status == 304 else ["has no body"]
        else:
            wrong = _errors(found.response, body)
        return [f"{found.id} → {status}: {problem}" for problem in wrong]

    def _method(self, method: str, path: str) -> Method | None:
        for verb, pattern, described, document, schemas in self._patterns:
            if verb == method and pattern.match(path):
                key = (verb, described["id"])
                if key not in self._methods:
                    self._methods[key] = _compiled(described, document, schemas)
                return self._methods[key]
        return None


def load() -> GoogleDescription:
    """The judge."""
    return GoogleDescription()


def _walk(node: Json) -> Iterator[Json]:
    yield from node.get("methods", {}).values()
    for inner in node.get("resources", {}).values():
        yield from _walk(inner)


def _compiled(described: Json, document: Json, schemas: Json) -> Method:
    response = described.get("response")
    return Method(
        id=described["id"],
        parameters={**document["parameters"], **described.get("parameters", {})},
        request=_validator(described.get("request"), schemas),
        response=_validator(response, schemas),
        shape=response,
        schemas=schemas,
    )


def _validator(schema: Json | None, schemas: Json) -> jsonschema_rs.Validator | None:
    if schema is None:
        return None
    return jsonschema_rs.validator_for({"$ref": f"#/$defs/{schema['$ref']}", "$defs": schemas})


def _schemas(document: Json) -> Json:
    """The document's schemas as JSON Schema, in which an unknown field is an error."""
    schemas = {name: _plain(schema) for name, schema in document["schemas"].items()}
    if "CalendarResource" in schemas:
        schemas["CalendarResource"]["properties"]["featureInstances"] = FEATURE_INSTANCES
    if "Channel" in schemas:
        schemas["Channel"]["properties"]["expiration"] = {"type": ["string", "integer"], "pattern": "^[0-9]+$"}
    return schemas


def _plain(schema: Json) -> Json:
    if "$ref" in schema:
        return {"$ref": f"#/$defs/{schema['$ref']}"}
    plain: Json = {} if schema.get("type") == "any" else {"type": schema["type"]}
    if "enum" in schema:
        plain["enum"] = schema["enum"]
    if schema.get("format") in ("int64", "uint64") and schema.get("type") == "string":
        plain["pattern"] = "^-?[0-9]+$"
    if "items" in schema:
        plain["items"] = _plain(schema["items"])
    if "properties" in schema:
        plain["properties"] = {name: _plain(inner) for name, inner in schema["properties"].items()}
        plain["additionalProperties"] = False
    if "additionalProperties" in schema:
        plain["additionalProperties"] = _plain(schema["additionalProperties"])
    return plain


def _unfolded(method: str, target: str, body: bytes, headers: Mapping[str, str]) -> tuple[str, str, bytes]:
    """A GET that was sent as POST because its address would be too long, as the GET that is meant."""
    known = {name.lower(): value for name, value in headers.items()}
    meant = known.get("x-http-method-override")
    if method != "POST" or meant is None:
        return method, target, body
    if not known.get("content-type", "").startswith(FORM):
        return meant, target, body
    joint = "&" if "?" in target else "?"
    return meant, f"{target}{joint}{body.decode()}" if body else target, b""


def _parameter_problems(method: Method, given: list[tuple[str, str]]) -> Iterator[str]:
    names = [name for name, _ in given]
    for name, value in given:
        described = method.parameters.get(name)
        if described is None or described.get("location") != "query":
            yield f"unknown parameter {name}"
            continue
        if names.count(name) > 1 and not described.get("repeated"):
            yield f"parameter {name} is given twice"
        yield from _value_problems(described, name, value)
        if name == "fields":
            yield from _selection_problems(method, value)
    for name, described in method.parameters.items():
        if described.get("required") and described.get("location") == "query" and name not in names:
            yield f"parameter {name} is missing"


def _value_problems(described: Json, name: str, value: str) -> Iterator[str]:
    if described.get("type") == "boolean" and value not in ("true", "false"):
        yield f"parameter {name}: {value!r} is not true or false"
    if described.get("type") == "integer" and not _in_range(described, value):
        yield f"parameter {name}: {value} is no whole number, or out of range"
    if "enum" in described and value not in described["enum"]:
        yield f"parameter {name}: {value!r} is none of {', '.join(described['enum'])}"
    if "pattern" in described and not re.fullmatch(described["pattern"], value):
        yield f"parameter {name}: {value!r} does not match {described['pattern']}"
    if name == "quotaUser" and len(value) > LONGEST_QUOTA_USER:
        yield f"quotaUser has more than {LONGEST_QUOTA_USER} characters"


def _in_range(described: Json, value: str) -> bool:
    if not re.fullmatch(r"-?[0-9]+", value):
        return False
    return int(described.get("minimum", value)) <= int(value) <= int(described.get("maximum", value))


def _selection_problems(method: Method, text: str) -> Iterator[str]:
    """Names in a selection of fields that the answer does not have."""
    stack: list[Json] = []
    shape: Json = {"$ref": f"#/$defs/{method.shape['$ref']}"} if method.shape else {}
    current, path = shape, [shape]
    for token in re.findall(r"[^(),/\s]+|[(),/]", text):
        if token == "(":
            stack.append(path[-1])
        elif token == ")":
            stack.pop()
        elif token == ",":
            path = [stack[-1] if stack else shape]
        elif token != "/":
            current = _inner(path[-1], token, method.schemas)
            if current is None:
                yield f"fields: the answer has no {token}"
                return
            path.append(current)


def _inner(shape: Json, name: str, schemas: Json) -> Json | None:
    while "$ref" in shape or "items" in shape:
        shape = schemas[shape["$ref"].rpartition("/")[2]] if "$ref" in shape else shape["items"]
    if name == "*" or "properties" not in shape:
        more = shape.get("additionalProperties")
        return more if isinstance(more, dict) else {}
    found: Json | None = shape["properties"].get(name)
    return found


def _errors(validator: jsonschema_rs.Validator, body: bytes) -> list[str]:
    try:
        data = json.loads(body)
    except ValueError:
        return ["not JSON"]
    if validator.is_valid(data):
        return []
    return [f"{'/'.join(map(str, e.instance_path))}: {e.message[:300]}" for e in validator.iter_errors(data)]
