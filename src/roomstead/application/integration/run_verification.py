"""Carry a verification to its end, from wherever it stands. The worker's."""

import logging
from dataclasses import dataclass, replace

from roomstead.application.checks.conclude import conclude
from roomstead.application.checks.run import LEASE, NoLongerWanted, Run, Target
from roomstead.application.checks.runner import Ended, run_checks, without_connection
from roomstead.application.checks.words import broke
from roomstead.application.credentials import tier_with
from roomstead.application.policy import Policy
from roomstead.application.ports.calendar import CalendarProvider
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.connections import Connections
from roomstead.application.ports.integrations import SealedCredential
from roomstead.application.ports.providers import Providers, RestrictionFacts
from roomstead.application.ports.store import UnitOfWork, UnitsOfWork
from roomstead.application.restriction_facts import restriction_facts
from roomstead.application.verifying import TOPIC, is_trial
from roomstead.domain.errors import AppError, Broken, RetryLater
from roomstead.domain.integration import Integration, VerificationId
from roomstead.domain.mailbox import MailboxRef
from roomstead.domain.verification import DEFECTS_AT_MOST, Check, Verification, VerificationStatus

log = logging.getLogger("roomstead.verification")


@dataclass(frozen=True, slots=True)
class _Stand:
    """A verification as loaded at the start of a run."""

    verification: Verification
    checks: tuple[Check, ...]
    integration: Integration
    credential: SealedCredential | None
    target: Target | None
    facts: RestrictionFacts


async def run_verification(
    verification_id: VerificationId,
    *,
    units: UnitsOfWork,
    connections: Connections,
    providers: Providers,
    clock: Clock,
    policy: Policy,
) -> None:
    """Run the checks that are not settled and put in force what follows.

    Safe to run again after dying anywhere: what was found is kept, test events are removed. A verification that is
    finished, superseded or gone is left alone; so is one that a newer one supersedes meanwhile. A defect of
    ours is raised for the log and tried again twice; after that it is what the check came to.
    """
    stand = await _begin(verification_id, units=units, clock=clock)
    if stand is None:
        return
    try:
        acting = None if stand.target is None else stand.target.address
        slot = stand.verification.credential_slot
        await connections.redeem(stand.integration.id, slot)
        async with connections.open(stand.integration.id, slot, acting=acting) as provider:
            run = _run(stand, provider, providers, (units, clock, policy))
            ended = await run_checks(run, stand.checks)
    except NoLongerWanted:
        return
    except RetryLater as error:
        ended = Ended(stand.checks, put_off=error)
    except AppError as error:
        if isinstance(error, Broken):
            log.exception("verification_without_connection", extra={"verification": str(verification_id)})
        ended = Ended(without_connection(stand.checks, error, clock.now()))
    except Exception as error:
        if not await _is_given_up(stand.verification, units=units):
            raise
        log.exception("verification_broke", extra={"verification": str(verification_id)})
        sentence, remedy = broke(error)
        ended = Ended(without_connection(stand.checks, Broken(sentence, remedy=remedy.sentence), clock.now()))
    await conclude(stand.verification, ended, units=units, clock=clock)


async def _is_given_up(run: Verification, *, units: UnitsOfWork) -> bool:
    """Count a run that ended by a defect of ours; True: there were enough of them. Else the sweep tries again."""
    async with units() as uow:
        held = await uow.verifications.get_for_change(run.id)
        if held is None or not held.status.is_open:
            return False
        defects = held.scope.defects + 1
        await uow.verifications.save(replace(held, scope=replace(held.scope, defects=defects)))
        await uow.commit()
    return defects >= DEFECTS_AT_MOST


async def _begin(verification_id: VerificationId, *, units: UnitsOfWork, clock: Clock) -> _Stand | None:
    """Load what is to be done and say that a worker is at it."""
    now = clock.now()
    async with units() as uow:
        held = await uow.verifications.get_for_change(verification_id)
        integration = None if held is None else await uow.integrations.get(held.integration_id)
        if held is None or integration is None or not held.status.is_open:
            return None
        begun = replace(
            held,
            status=VerificationStatus.RUNNING,
            started_at=held.started_at or now,
            next_attempt_at=now + LEASE,
        )
        await uow.verifications.save(begun)
        credential = await uow.integrations.sealed_credential(integration.id, held.credential_slot)
        integration = replace(integration, tier=tier_with(credential, integration))
        stand = _Stand(
            begun,
            tuple(await uow.verifications.checks(held.id)),
            integration,
            credential,
            await _target(uow, begun, integration),
            await restriction_facts(uow, integration),
        )
        await uow.announce(TOPIC, held.id)
        await uow.commit()
    return stand


async def _target(uow: UnitOfWork, held: Verification, integration: Integration) -> Target | None:
    """The service account that it is about, else the one in force, else the admin's own address."""
    named = held.service_mailbox_id
    account = (
        await uow.integrations.service_mailbox(named)
        if named is not None
        else await uow.integrations.active_service_mailbox(integration.id)
    )
    if account is not None:
        return Target(account.mailbox, account, is_trial=await is_trial(uow, held, integration))
    if integration.setup_address is not None:
        return Target(MailboxRef(integration.setup_address), None)
    return None


def _run(
    stand: _Stand,
    provider: CalendarProvider,
    providers: Providers,
    around: tuple[UnitsOfWork, Clock, Policy],
) -> Run:
    units, clock, policy = around
    return Run(
        verification=stand.verification,
        integration=stand.integration,
        credential=stand.credential,
        target=stand.target,
        facts=stand.facts,
        description=providers.describe(stand.integration.provider),
        guide=providers.guide(stand.integration.provider),
        provider=provider,
        units=units,
        clock=clock,
        policy=policy,
    )
