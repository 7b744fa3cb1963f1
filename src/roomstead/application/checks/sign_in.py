"""Clock and egress, tenant, credential: three checks that one sign-in answers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from roomstead.application.checks.run import Result, Run
from roomstead.application.checks.words import UNREACHABLE, ends_in, error_evidence, error_remedy
from roomstead.domain.errors import ConsentMissing, CredentialMissing, CredentialRejected, ProviderUnavailable
from roomstead.domain.remedy import Remedy, Who
from roomstead.domain.verification import CheckKey, CheckStatus

LARGEST_SKEW = timedelta(minutes=5)
"""Providers refuse what is signed further from their own time."""
PERMISSIONS = "permissions"
"""Evidence of the credential's check: the permissions that the sign-in itself named."""

_CLOCK = Remedy(
    "Set this machine's clock by a time service, for example with `timedatectl set-ntp true`.",
    Who.YOU,
    command="timedatectl set-ntp true",
    guide="verification#clock",
)


async def check_sign_in(run: Run) -> Mapping[CheckKey, Result]:
    """Sign in once. What stays out of the answer could not be told.

    A provider that cannot be reached at all is a failure here and now: whoever pressed the button waits for it.
    """
    try:
        report = await run.provider.check_credential()
    except ProviderUnavailable as error:
        return {CheckKey.CLOCK: _unreachable(run, error)}
    except ConsentMissing as error:
        return _reached(run) | {CheckKey.TENANT: _tenant_ok(run), CheckKey.CREDENTIAL: _rejected(error)}
    except (CredentialRejected, CredentialMissing) as error:
        return _refused(run, error)
    if abs(report.clock_skew) > LARGEST_SKEW:
        return {CheckKey.CLOCK: _wrong_clock(report.clock_skew)}
    await _learn(run, report.app_object_id)
    named = " ".join(report.named_permissions)
    expires_at = None if run.credential is None else run.credential.expires_at
    ends = ends_in(expires_at, run.clock.now())
    accepted = Result(
        CheckStatus.PASSED,
        f"{run.description.label} accepted the credential.{ends}",
        evidence={PERMISSIONS: named, "app_id": report.app_id, "tenant": report.tenant},
    )
    tenant = _tenant_ok(run) if report.is_tenant_proven else _tenant_as_entered(run)
    return _reached(run) | {CheckKey.TENANT: tenant, CheckKey.CREDENTIAL: accepted}


def _unreachable(run: Run, error: ProviderUnavailable) -> Result:
    host = error.details.get("host", "")
    where = f": {host} does not answer." if host else "."
    sentence = f"{run.description.label} cannot be reached from here{where}"
    return Result(CheckStatus.FAILED, sentence, "unreachable", UNREACHABLE, error_evidence(error))


def _not_asked(run: Run) -> dict[CheckKey, Result]:
    """Where there is nothing to sign in with, no call was made, so nothing is known of the way there or the tenant."""
    label = run.description.label
    return {
        CheckKey.CLOCK: Result(CheckStatus.SKIPPED, f"Not tried: nothing was asked of {label} yet."),
        CheckKey.TENANT: Result(CheckStatus.SKIPPED, f"Not tried: the tenant is {run.integration.tenant}, as entered."),
    }


def _reached(run: Run) -> dict[CheckKey, Result]:
    return {CheckKey.CLOCK: Result(CheckStatus.PASSED, f"Clock and network reach {run.description.label}.")}


def _tenant_ok(run: Run) -> Result:
    return Result(CheckStatus.PASSED, f"The tenant {run.integration.tenant} is known.")


def _tenant_as_entered(run: Run) -> Result:
    sentence = f"The tenant is {run.integration.tenant}, as entered; the room list shows whether it is the right one."
    return Result(CheckStatus.PASSED, sentence)


def _refused(run: Run, error: CredentialRejected | CredentialMissing) -> dict[CheckKey, Result]:
    """Which of the three a refusal is about, as the provider's adapter says; the credential unless it says more."""
    failed = _rejected(error)
    if isinstance(error, CredentialMissing):
        return _not_asked(run) | {CheckKey.CREDENTIAL: failed}
    concerns = error.details.get("concerns", "credential")
    if concerns == "clock":
        return {CheckKey.CLOCK: failed}
    if concerns == "tenant":
        sentence = f"{failed.sentence.rstrip('.')}: {run.integration.tenant}."
        return _reached(run) | {CheckKey.TENANT: replace(failed, sentence=sentence)}
    return _reached(run) | {CheckKey.TENANT: _tenant_ok(run), CheckKey.CREDENTIAL: failed}


def _rejected(error: CredentialRejected | CredentialMissing | ConsentMissing) -> Result:
    return Result(CheckStatus.FAILED, error.message, error.code, error_remedy(error), error_evidence(error))


def _wrong_clock(skew: timedelta) -> Result:
    minutes = int(abs(skew).total_seconds() // 60)
    side = "behind" if skew > timedelta(0) else "ahead of"
    sentence = f"This machine's clock is {minutes} min {side} the provider's; signing in will fail."
    return Result(CheckStatus.FAILED, sentence, "clock", _CLOCK, {"skew_seconds": str(int(skew.total_seconds()))})


async def _learn(run: Run, app_object_id: str) -> None:
    """Keep the app's own object id, which scripts need and nobody likes to look up."""
    if not app_object_id or run.integration.app_object_id == app_object_id:
        return
    async with run.units() as uow:
        await uow.integrations.learn_app_object_id(run.integration.id, app_object_id)
        await uow.commit()
