"""Which section of the guides belongs to an error, a check or a remedy. Sections are written ``page#anchor``."""

from collections.abc import Mapping

from roomstead.domain.errors import AppError
from roomstead.domain.verification import CheckKey

HELP = "/help"
"""Where Roomstead shows its guides."""

BY_CODE: Mapping[str, str] = {
    "access_lost": "restrict-access#afterwards",
    "consent_missing": "verification#permissions",
    "consent_state_invalid": "verification#permissions",
    "credential_missing": "rotate-credential#when-the-stored-credential-cannot-be-opened",
    "credential_rejected": "rotate-credential#when-it-has-ended-already",
    "database_in_use": "operate#back-up-and-restore",
    "database_not_empty": "operate#back-up-and-restore",
    "backup_failed": "operate#back-up-and-restore",
    "backup_of_newer_server": "operate#back-up-and-restore",
    "backup_too_new": "operate#back-up-and-restore",
    "backup_unreadable": "operate#back-up-and-restore",
    "restore_failed": "operate#back-up-and-restore",
    "schema_too_new": "operate#upgrade",
    "schema_too_old": "operate#upgrade",
    "embedded_error": "operate#run",
    "port_taken": "operate#run",
    "settings_invalid": "settings",
    "foreign_form": "reverse-proxy#see-that-it-works",
    "identity_provider_away": "single-sign-on#when-it-does-not-work",
    "identity_provider_faulty": "single-sign-on#when-it-does-not-work",
    "identity_refused": "single-sign-on#who-comes-in",
    "integration_disabled": "remove-integration",
    "link_worthless": "sign-in#let-them-choose-a-password",
    "mail_not_allowed": "mail#when-mail-does-not-arrive",
    "mail_refused": "mail#when-mail-does-not-arrive",
    "mail_unavailable": "mail#when-mail-does-not-arrive",
    "metrics_token_missing": "operate#figures",
    "no_rooms_listed": "rooms",
    "not_bookable": "rooms",
    "out_of_reach": "hosting",
    "service_account_exists": "service-account#change",
    "service_account_in_use": "service-account#remove",
    "service_account_required": "service-account#add",
    "too_many_attempts": "sign-in#attempts",
    "unauthenticated": "sign-in",
}
"""The guide to an error, where there is more to say than its entry in the reference does."""


def entry_of(code: str) -> str:
    """An error's entry in the reference; every code has one."""
    return f"errors#{code}"


def guide_to(kind: type[AppError]) -> str:
    """The section about a class of errors: its own, its nearest ancestor's, or its entry in the reference."""
    codes = [each.code for each in kind.__mro__ if issubclass(each, AppError)]
    return next((BY_CODE[code] for code in codes if code in BY_CODE), entry_of(kind.code))


def guide_to_code(code: str) -> str:
    """As ``guide_to``, for an error of which only the code is left."""
    return BY_CODE.get(code, entry_of(code))


def guide_to_check(key: CheckKey) -> str:
    """The section about a check of a verification."""
    anchor = "organisers" if key is CheckKey.ORGANIZERS else key.value.replace("_", "-")
    return f"verification#{anchor}"


def path_to(section: str) -> str:
    """Where Roomstead shows a section."""
    return f"{HELP}/{section}"


def link_to(section: str, *, public_url: str, own_guide: str) -> str:
    """The whole address of a section, or of the guide that an organisation has in its place."""
    return own_guide or f"{public_url.rstrip('/')}{path_to(section)}"
