"""Every error that a use case may raise, by what to do next.

    AppError
    ├── Refused        will never succeed as asked: tell the person
    │   ├── InvalidInput · NotFound · Forbidden · Unauthenticated · Conflict
    │   ├── RoomTaken · NotBookable · ServiceAccountRequired · ServiceAccountExists · ServiceAccountInUse
    │   └── IdempotencyMismatch
    ├── NeedsAdmin     stop, mark the integration; an admin must change something (never one mailbox)
    │   └── CredentialRejected · ConsentMissing · CredentialMissing · AccessLost · IntegrationDisabled
    │         ServiceAccountUnproven
    ├── RetryLater     the request is fine: try again after ``after`` seconds
    │   └── Throttled · ProviderUnavailable · OutcomeUnknown
    ├── WorldMoved     read again, decide again
    │   └── StaleRevision · EventGone · CursorExpired
    ├── OutOfReach     this one mailbox cannot be used by us; ``cause`` says why
    └── Broken         a contract was violated: fail and alarm
        └── UnreadableAnswer

The class docstring of a leaf is its default sentence, so a class without an explanation cannot exist. ``code`` is
stable: programs and the documentation refer to it.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

from roomstead.domain.access import AccessCause
from roomstead.domain.mailbox import Address


class AppError(Exception):
    """Something that Roomstead foresaw went wrong."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str = "", *, remedy: str = "", details: Mapping[str, str] | None = None) -> None:
        """``message`` and ``remedy`` are whole sentences; ``details`` carries names and ids, never contents."""
        self.message = message or (type(self).__doc__ or "").strip().split("\n")[0]
        self.remedy = remedy
        self.details: Mapping[str, str] = dict(details or {})
        super().__init__(self.message)


class Refused(AppError):
    """The request cannot succeed as asked."""

    code = "refused"


class InvalidInput(Refused):
    """The request has mistakes."""

    code = "invalid_input"

    def __init__(self, mistakes: Mapping[str, str]) -> None:
        """``mistakes`` maps a field's name to the sentence that says what to change; all mistakes at once."""
        self.mistakes = dict(mistakes)
        super().__init__(" ".join(dict.fromkeys(self.mistakes.values())) or "The request has mistakes.")


class NotFound(Refused):
    """There is no such thing here, or you may not see it."""

    code = "not_found"


class Forbidden(Refused):
    """Your role does not allow this."""

    code = "forbidden"


class Unauthenticated(Refused):
    """Sign in, or send a valid token."""

    code = "unauthenticated"


class Conflict(Refused):
    """This contradicts what is already there."""

    code = "conflict"


class RoomTaken(Refused):
    """The room is already taken at that time."""

    code = "room_taken"


class NotBookable(Refused):
    """This room cannot be booked."""

    code = "not_bookable"


class ServiceAccountRequired(Refused):
    """Your mailbox is out of reach and this integration has no service account to book in your stead."""

    code = "service_account_required"


class ServiceAccountExists(Conflict):
    """Only one service account can be used per calendar integration."""

    code = "service_account_exists"


class ServiceAccountInUse(Conflict):
    """Meetings depend on this service account."""

    code = "service_account_in_use"


class IdempotencyMismatch(Refused):
    """This Idempotency-Key was used before with another request."""

    code = "idempotency_mismatch"


class NeedsAdmin(AppError):
    """An admin must change something before this can go on."""

    code = "needs_admin"


class CredentialRejected(NeedsAdmin):
    """The provider rejects the integration's credential."""

    code = "credential_rejected"


class ConsentMissing(NeedsAdmin):
    """A permission is not consented, or not effective."""

    code = "consent_missing"


class CredentialMissing(NeedsAdmin):
    """The integration's credential is missing or cannot be unsealed with the present key."""

    code = "credential_missing"


class AccessLost(NeedsAdmin):
    """Many mailboxes fell out of reach within minutes: consent or a policy was probably lost."""

    code = "access_lost"


class ServiceAccountUnproven(NeedsAdmin):
    """The service account was put in force by a dry run and has not been verified since."""

    code = "service_account_unproven"


class IntegrationDisabled(NeedsAdmin):
    """This integration is disabled: nothing is read or sent until an admin enables it again."""

    code = "integration_disabled"


class RetryLater(AppError):
    """The provider cannot do this just now."""

    code = "retry_later"

    def __init__(
        self,
        message: str = "",
        *,
        after: timedelta | None = None,
        details: Mapping[str, str] | None = None,
    ) -> None:
        """``after``: what the provider asked us to wait; None when it did not say."""
        self.after = after
        super().__init__(message, details=details)


class Throttled(RetryLater):
    """The provider asks us to slow down."""

    code = "throttled"


class ProviderUnavailable(RetryLater):
    """The provider does not answer or reports a fault of its own."""

    code = "provider_unavailable"


class OutcomeUnknown(RetryLater):
    """The provider's answer to a write was lost: it may or may not have happened."""

    code = "outcome_unknown"


class WorldMoved(AppError):
    """What we knew is no longer so."""

    code = "world_moved"


class StaleRevision(WorldMoved):
    """It was changed by someone else in the meantime."""

    code = "stale_revision"


class EventGone(WorldMoved):
    """The event no longer exists in that mailbox."""

    code = "event_gone"


class CursorExpired(WorldMoved):
    """The provider forgot our place in its list of changes."""

    code = "cursor_expired"


class OutOfReach(AppError):
    """This mailbox cannot be reached by the integration."""

    code = "out_of_reach"

    def __init__(self, mailbox: Address, cause: AccessCause, *, provider_code: str = "", request_id: str = "") -> None:
        """``provider_code`` and ``request_id`` are the provider's own words for it, for an admin's eyes."""
        self.mailbox = mailbox
        self.cause = cause
        self.provider_code = provider_code
        self.request_id = request_id
        super().__init__(details={"cause": cause.value, "code": provider_code, "request_id": request_id})


class Broken(AppError):
    """A contract was violated; this is a defect."""

    code = "broken"


class UnreadableAnswer(Broken):
    """The provider answered something that we cannot read."""

    code = "unreadable_answer"
