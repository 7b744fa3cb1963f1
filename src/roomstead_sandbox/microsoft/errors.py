"""The error answers of Microsoft Graph and Exchange Online.

A handler raises :class:`GraphError`; the edge renders it once, with the request ids.  Codes and sentences are those
that the services send (Microsoft Graph docs: "Microsoft Graph error responses"; bodies quoted in public issues).
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

DENIED_BY_POLICY = "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings."
DENIED = "Access is denied. Check credentials and try again."
CHANGE_KEY_MISMATCH = (
    "The send or update operation could not be performed because the change key passed in the request does not match "
    "the current change key for the item."
)
DUPLICATE_TRANSACTION = (
    "Your request can't be completed. The TransactionId specified in the request has already been used to create a "
    "different event."
)


@dataclass
class GraphError(Exception):
    """An error answer: HTTP status, vendor code, sentence, further headers, further members of ``error``."""

    status: int
    code: str
    message: str
    headers: tuple[tuple[str, str], ...] = ()
    members: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.status} {self.code}: {self.message}"

    def body(self, *, now: datetime, request_id: str, client_request_id: str) -> dict[str, Any]:
        """The JSON of the answer (Microsoft Graph docs: error resource type, ``innerError`` with date and ids)."""
        return {
            "error": {
                "code": self.code,
                "message": self.message,
                **self.members,
                "innerError": {
                    "date": now.strftime("%Y-%m-%dT%H:%M:%S"),
                    "request-id": request_id,
                    "client-request-id": client_request_id,
                },
            }
        }


def bad_request(message: str, code: str = "BadRequest") -> GraphError:
    """400 for a request that can never succeed as sent."""
    return GraphError(400, code, message)


def unreadable(message: str) -> GraphError:
    """400 for a body that is not what the operation takes."""
    return bad_request(message, "RequestBodyRead")


def invalid_token(message: str) -> GraphError:
    """401: no token, a foreign one, or one whose time is over."""
    return GraphError(
        401,
        "InvalidAuthenticationToken",
        message,
        headers=(("WWW-Authenticate", 'Bearer realm="", error="invalid_token"'),),
    )


def no_such_directory_object(key: str) -> GraphError:
    """404 of the directory: no user, or no place, of that key."""
    return GraphError(
        404,
        "Request_ResourceNotFound",
        f"Resource '{key}' does not exist or one of its queried reference-property objects are not present.",
    )


def item_not_found() -> GraphError:
    """404 of a mailbox: the event or calendar is gone."""
    return GraphError(404, "ErrorItemNotFound", "The specified object was not found in the store.")


def malformed_id() -> GraphError:
    """400: what stands in the path was never an id of this mailbox."""
    return bad_request("Id is malformed.", "ErrorInvalidIdMalformed")


def unknown_property(name: str, type_name: str) -> GraphError:
    """400: OData's answer to a property that the type does not have."""
    return bad_request(f"Could not find a property named '{name}' on type '{type_name}'.", "RequestBroker--ParseUri")


def unsupported_zone(name: str) -> GraphError:
    """400: a zone that Exchange does not know (see :mod:`roomstead_sandbox.microsoft.zones`)."""
    return bad_request(
        f"A valid TimeZone value must be specified. The following TimeZone value is not supported: '{name}'.",
        "TimeZoneNotSupportedException",
    )


def invalid_property(message: str = "At least one property failed validation.") -> GraphError:
    """400: the shape is right, the value is not."""
    return bad_request(message, "ErrorPropertyValidationFailure")


def throttled(reason: str, retry_after: int | None) -> GraphError:
    """429 with or without ``Retry-After`` (seconds): both occur for concurrency."""
    headers = () if retry_after is None else (("Retry-After", str(retry_after)),)
    return GraphError(429, "ApplicationThrottled", f"Application is over its {reason} limit.", headers=headers)
