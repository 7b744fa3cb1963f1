"""Look at everything that an operator should know of, and say what to do about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.integrations import IntegrationRepository
from roomstead.application.ports.machine import Machine
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.ports.vitals import Vitals, VitalSigns
from roomstead.domain.credential_expiry import WARNED_DAYS
from roomstead.domain.errors import NeedsAdmin, RetryLater
from roomstead.domain.integration import Integration, IntegrationStatus
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.people import Actor, require_admin

LARGEST_SKEW = timedelta(seconds=60)
WORKER_SILENT_AFTER = timedelta(seconds=60)
OVERDUE_AFTER = timedelta(minutes=15)
EXPIRY_WARNED_AHEAD = timedelta(days=WARNED_DAYS[0])
LITTLE_SPACE = 1_000_000_000
VERY_LITTLE_SPACE = 200_000_000


class FindingState(StrEnum):
    """How something stands."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: how it stands, in a sentence, and what to do. ``guide``: the section about it."""

    key: str
    state: FindingState
    sentence: str
    remedy: str = ""
    guide: str = ""
    integration_id: IntegrationId | None = None
    """The integration that it is about."""


_RUN, _WATCH, _UPGRADE = "operate#run", "operate#watch", "operate#upgrade"
_SEALED = "rotate-credential#when-the-stored-credential-cannot-be-opened"
_ROTATE, _VERIFY = "rotate-credential", "verification"
_ABOUT = {
    "access_lost": "restrict-access#afterwards",
    "consent_missing": "verification#permissions",
    "credential_missing": _SEALED,
    "credential_rejected": "rotate-credential#when-it-has-ended-already",
}
_WORST_FIRST = (FindingState.FAILED, FindingState.WARNING, FindingState.OK)


async def diagnose(
    actor: Actor, *, units: UnitsOfWork, vital_signs: VitalSigns, machine: Machine, clock: Clock
) -> list[Finding]:
    """Everything, also after something failed. For Global Admins and the operator."""
    require_admin(actor)
    findings = [_space(machine), _sealing_key(machine)]
    try:
        vitals = await vital_signs.read()
    except RetryLater as error:
        down = Finding(
            "database", FindingState.FAILED, error.message, "Check that PostgreSQL runs and can be reached.", _RUN
        )
        return _worst_first([down, *findings])
    findings = [*_database(vitals, clock.now()), *findings]
    if vitals.is_schema_current:
        async with units() as uow:
            for integration in await uow.integrations.all():
                findings.extend(await _integration(integration, uow.integrations, clock.now()))
    return _worst_first(findings)


def _worst_first(findings: list[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda one: _WORST_FIRST.index(one.state))


def _database(vitals: Vitals, now: datetime) -> Iterator[Finding]:
    yield Finding("database", FindingState.OK, "The database answers.")
    if vitals.is_schema_current:
        yield Finding("schema", FindingState.OK, f"The database has this program's schema, {vitals.schema_wanted}.")
    else:
        sentence = f"The database has schema {vitals.schema_found or 'none'}, wanted is {vitals.schema_wanted}."
        yield Finding("schema", FindingState.FAILED, sentence, "Run `roomstead db upgrade` after a backup.", _UPGRADE)
    skew = abs(vitals.database_time - now)
    if skew > LARGEST_SKEW:
        sentence = f"This machine's clock and the database's are {skew.total_seconds():.0f} s apart."
        yield Finding(
            "clock", FindingState.FAILED, sentence, "Let both machines keep time with NTP.", "verification#clock"
        )
    else:
        yield Finding("clock", FindingState.OK, "The clocks of this machine and of the database agree.")
    yield _worker(vitals)
    if vitals.oldest_due is not None and vitals.database_time - vitals.oldest_due > OVERDUE_AFTER:
        minutes = int((vitals.database_time - vitals.oldest_due).total_seconds() // 60)
        sentence = f"Something has been waiting to be sent for {minutes} minutes."
        yield Finding(
            "outgoing", FindingState.WARNING, sentence, "Look at the worker and at each integration below.", _WATCH
        )


def _worker(vitals: Vitals) -> Finding:
    seen = vitals.worker_seen_at
    if seen is not None and vitals.database_time - seen < WORKER_SILENT_AFTER:
        return Finding("worker", FindingState.OK, "A worker is at work.")
    said = "never" if seen is None else f"last at {seen:%Y-%m-%d %H:%M} UTC"
    return Finding(
        "worker",
        FindingState.FAILED,
        f"No worker is at work (seen {said}), so nothing is sent or read.",
        "Start `roomstead serve`, or `roomstead worker` on another machine.",
        _RUN,
    )


def _space(machine: Machine) -> Finding:
    free = machine.free_bytes()
    sentence = f"{free / 1e9:,.1f} GB are free under the data folder."
    if free < VERY_LITTLE_SPACE:
        return Finding(
            "space", FindingState.FAILED, sentence, "Make room: the database stops when the disk is full.", _WATCH
        )
    if free < LITTLE_SPACE:
        return Finding("space", FindingState.WARNING, sentence, "Make room soon.", _WATCH)
    return Finding("space", FindingState.OK, sentence)


def _sealing_key(machine: Machine) -> Finding:
    try:
        key = machine.sealing_key()
    except NeedsAdmin as error:
        return Finding("sealing_key", FindingState.FAILED, error.message, error.remedy, _SEALED)
    return Finding(
        "sealing_key",
        FindingState.OK,
        f"Credentials are sealed with the key {key.fingerprint} from {key.source}.",
    )


async def _integration(integration: Integration, integrations: IntegrationRepository, now: datetime) -> list[Finding]:
    key, id_ = f"integration:{integration.name}", integration.id
    if integration.status is IntegrationStatus.DISABLED:
        remedy = "Enable it under Settings → Integrations when it shall work again."
        return [
            Finding(key, FindingState.WARNING, f"{integration.name} is disabled.", remedy, "remove-integration", id_)
        ]
    if integration.attention is not None:
        why = integration.attention
        return [
            Finding(
                key,
                FindingState.FAILED,
                f"{integration.name}: {why.sentence}",
                why.remedy,
                _ABOUT.get(why.code, _VERIFY),
                id_,
            )
        ]
    findings = []
    if integration.status is IntegrationStatus.SETTING_UP:
        remedy = f"Run `roomstead integrations verify {integration.id}`."
        findings.append(
            Finding(key, FindingState.WARNING, f"{integration.name} is not set up yet.", remedy, _VERIFY, id_)
        )
    else:
        findings.append(Finding(key, FindingState.OK, f"{integration.name} works."))
    return findings + [
        _expiry(integration, credential.slot, credential.expires_at, now)
        for credential in await integrations.credentials(integration.id)
        if credential.expires_at is not None and credential.expires_at - now < EXPIRY_WARNED_AHEAD
    ]


def _expiry(integration: Integration, slot: str, expires_at: datetime, now: datetime) -> Finding:
    expired = expires_at <= now
    verb = "expired" if expired else "expires"
    return Finding(
        f"credential:{integration.name}:{slot}",
        FindingState.FAILED if expired else FindingState.WARNING,
        f"The {slot} credential of {integration.name} {verb} on {expires_at:%Y-%m-%d}.",
        "Make a new one at the provider and store it as the next credential.",
        _ROTATE,
        integration.id,
    )
