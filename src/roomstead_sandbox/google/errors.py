"""The error answers of the Calendar and Directory APIs.

A handler raises :class:`GoogleError`; the edge renders it once.  Bodies are those of Google's page "Handle API errors"
and of answers recorded in public issues (docs/providers/google.md names them).
"""

from dataclasses import dataclass, field
from typing import Any

CALENDAR = "calendar"
GLOBAL = "global"
USAGE = "usageLimits"
ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"


@dataclass
class GoogleError(Exception):
    """An error answer: HTTP status, domain and reason of its first cause, sentence.

    ``location`` names the header or parameter at fault; ``status`` and ``details`` are what gateway errors carry.
    """

    code: int
    domain: str
    reason: str
    message: str
    location_type: str | None = None
    location: str | None = None
    status: str | None = None
    details: tuple[dict[str, Any], ...] = ()
    headers: tuple[tuple[str, str], ...] = field(default=())

    def __str__(self) -> str:
        return f"{self.code} {self.reason}: {self.message}"

    def body(self) -> dict[str, Any]:
        """The JSON of the answer."""
        cause: dict[str, Any] = {"domain": self.domain, "reason": self.reason, "message": self.message}
        if self.location is not None:
            cause |= {"locationType": self.location_type, "location": self.location}
        error: dict[str, Any] = {"errors": [cause], "code": self.code, "message": self.message}
        if self.status is not None:
            error["status"] = self.status
        if self.details:
            error["details"] = list(self.details)
        return {"error": error}


# -- 400 -----------------------------------------------------------------------------------------------------


def required(name: str, message: str | None = None) -> GoogleError:
    """400: a field or parameter is missing."""
    return GoogleError(400, GLOBAL, "required", message or f"Missing {name}.", "parameter", name)


def invalid(message: str = "Invalid Value", parameter: str | None = None) -> GoogleError:
    """400: a value that is not what the field or parameter takes."""
    return GoogleError(400, GLOBAL, "invalid", message, "parameter" if parameter else None, parameter)


def invalid_parameter(parameter: str, message: str) -> GoogleError:
    """400: a parameter whose value cannot be read, such as a field selection."""
    return GoogleError(400, GLOBAL, "invalidParameter", message, "parameter", parameter)


def bad_request(message: str = "Bad Request", reason: str = "badRequest", domain: str = GLOBAL) -> GoogleError:
    """400 for a request that can never succeed as sent."""
    return GoogleError(400, domain, reason, message)


def parse_error() -> GoogleError:
    """400: the body is not JSON."""
    return GoogleError(400, GLOBAL, "parseError", "Parse Error")


def invalid_resource_id() -> GoogleError:
    """400: an event id outside base32hex or of a wrong length."""
    return invalid("Invalid resource id value.")


def time_range_empty() -> GoogleError:
    """400: an end that is not after its start."""
    return GoogleError(
        400, CALENDAR, "timeRangeEmpty", "The specified time range is empty.", "parameter", "timeMax"
    )  # fmt: skip


def sync_token_with_restrictions() -> GoogleError:
    """400: a sync token together with a window, a search or an order."""
    return GoogleError(
        400,
        CALENDAR,
        "syncTokenWithRequestRestrictions",
        "Sync token cannot be used with other request restrictions.",
    )


def push_not_supported() -> GoogleError:
    """400: this calendar takes no channels."""
    message = "Push notifications are not supported by this resource."
    return GoogleError(400, CALENDAR, "pushNotSupportedForRequestedResource", message)


# -- 401 and 403 ---------------------------------------------------------------------------------------------


def auth_error() -> GoogleError:
    """401: the token is unknown, withdrawn or its time is over."""
    return GoogleError(
        401, GLOBAL, "authError", "Invalid Credentials", "header", "Authorization",
        headers=(("WWW-Authenticate", 'Bearer realm="https://accounts.google.com/", error="invalid_token"'),),
    )  # fmt: skip


def login_required() -> GoogleError:
    """401: no token at all."""
    return GoogleError(
        401, GLOBAL, "required", "Login Required.", "header", "Authorization",
        headers=(("WWW-Authenticate", 'Bearer realm="https://accounts.google.com/"'),),
    )  # fmt: skip


def insufficient_scopes(method: str) -> GoogleError:
    """403: the token's scopes do not reach this method (named as in the discovery document)."""
    api, _, _ = method.partition(".")
    service = {"calendar": "calendar-json.googleapis.com", "directory": "admin.googleapis.com"}.get(api, api)
    detail = {
        "@type": ERROR_INFO,
        "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        "domain": "googleapis.com",
        "metadata": {"service": service, "method": rpc_method(method)},
    }
    return GoogleError(
        403, GLOBAL, "insufficientPermissions", "Request had insufficient authentication scopes.",
        status="PERMISSION_DENIED", details=(detail,),
        headers=(("WWW-Authenticate", 'Bearer realm="https://accounts.google.com/", error="insufficient_scope"'),),
    )  # fmt: skip


def rpc_method(method: str) -> str:
    """``calendar.events.insert`` as error details name it: ``calendar.v3.Events.Insert``."""
    api, *steps = method.split(".")
    version = {"calendar": "calendar.v3", "directory": "ccc.hosted.frontend.directory.v1"}.get(api, api)
    return ".".join([version, *(step[:1].upper() + step[1:] for step in steps)])


def api_disabled(title: str, service: str, project: str) -> GoogleError:
    """403: the cloud project never enabled this API."""
    message = (
        f"{title} has not been used in project {project} before or it is disabled. Enable it by visiting "
        f"https://console.developers.google.com/apis/api/{service}/overview?project={project} then retry. If you "
        "enabled this API recently, wait a few minutes for the action to propagate to our systems and retry."
    )
    detail = {
        "@type": ERROR_INFO,
        "reason": "SERVICE_DISABLED",
        "domain": "googleapis.com",
        "metadata": {"service": service, "consumer": f"projects/{project}", "serviceTitle": title},
    }
    return GoogleError(
        403, USAGE, "accessNotConfigured", message, status="PERMISSION_DENIED", details=(detail,)
    )  # fmt: skip


def user_rate_limit() -> GoogleError:
    """403: too many requests of one user."""
    return GoogleError(403, USAGE, "userRateLimitExceeded", "User Rate Limit Exceeded")


def rate_limit(code: int = 403) -> GoogleError:
    """403 or 429, both occur: too many requests of a project, or writes to a calendar."""
    return GoogleError(code, USAGE, "rateLimitExceeded", "Rate Limit Exceeded")


def usage_limits() -> GoogleError:
    """403: the account is read-only for hours."""
    return GoogleError(403, USAGE, "quotaExceeded", "Calendar usage limits exceeded.")


def not_a_calendar_user() -> GoogleError:
    """403: the calendar service is off for the user of the token."""
    return GoogleError(403, CALENDAR, "notACalendarUser", "The user must be signed up for Google Calendar.")


def forbidden_for_service_accounts() -> GoogleError:
    """403: a service account that acts for nobody invites somebody."""
    message = "Service accounts cannot invite attendees without Domain-Wide Delegation of Authority."
    return GoogleError(403, CALENDAR, "forbiddenForServiceAccounts", message)


def forbidden_for_non_organizer() -> GoogleError:
    """403: a guest changes what belongs to the organiser."""
    message = "Shared properties can only be changed by the organizer of the event."
    return GoogleError(403, CALENDAR, "forbiddenForNonOrganizer", message)


def required_access_level(word: str = "writer") -> GoogleError:
    """403: some access, but not enough of it."""
    return GoogleError(403, CALENDAR, "requiredAccessLevel", f"You need to have {word} access to this calendar.")


def forbidden(message: str = "Forbidden") -> GoogleError:
    """403 for what nobody may do so."""
    return GoogleError(403, GLOBAL, "forbidden", message)


def not_authorized() -> GoogleError:
    """403 of the directory: the caller has no admin role for this."""
    return forbidden("Not Authorized to access this resource/api")


def cannot_change_own_acl() -> GoogleError:
    """403: nobody takes their own ownership away."""
    return GoogleError(403, CALENDAR, "cannotChangeOwnAcl", "Cannot change your own access level.")


def cannot_change_owner_acl() -> GoogleError:
    """403: a primary calendar stays its owner's."""
    message = "Cannot change the access level of the owner of a primary calendar."
    return GoogleError(403, CALENDAR, "cannotChangeOwnerAcl", message)


# -- 404 and above -------------------------------------------------------------------------------------------


def not_found(message: str = "Not Found") -> GoogleError:
    """404: no such thing, or no access to it: Google never says which."""
    return GoogleError(404, GLOBAL, "notFound", message)


def resource_not_found(name: str) -> GoogleError:
    """404 of the directory, which names the parameter."""
    return not_found(f"Resource Not Found: {name}")


def duplicate() -> GoogleError:
    """409: an id that is taken, also by a deleted event."""
    return GoogleError(409, GLOBAL, "duplicate", "The requested identifier already exists.")


def conflict() -> GoogleError:
    """409 of an item of a batch, to be tried again alone."""
    return GoogleError(409, GLOBAL, "conflict", "Conflict")


def deleted() -> GoogleError:
    """410: deleted before."""
    return GoogleError(410, GLOBAL, "deleted", "Resource has been deleted")


def full_sync_required() -> GoogleError:
    """410: the sync token is too old, or the sharing of the calendar changed."""
    message = "Sync token is no longer valid, a full sync is required."
    return GoogleError(410, CALENDAR, "fullSyncRequired", message, "parameter", "syncToken")


def updated_min_too_long_ago() -> GoogleError:
    """410: the change log does not reach back so far."""
    message = "The requested minimum modification time lies too far in the past."
    return GoogleError(410, CALENDAR, "updatedMinTooLongAgo", message, "parameter", "updatedMin")


def condition_not_met() -> GoogleError:
    """412: the entity tag is not the current one."""
    return GoogleError(412, GLOBAL, "conditionNotMet", "Precondition Failed", "header", "If-Match")


def backend_error() -> GoogleError:
    """500: try again."""
    return GoogleError(500, GLOBAL, "backendError", "Backend Error")


def unavailable() -> GoogleError:
    """503: try again."""
    message = "The service is currently unavailable."
    return GoogleError(503, GLOBAL, "backendError", message, status="UNAVAILABLE")
