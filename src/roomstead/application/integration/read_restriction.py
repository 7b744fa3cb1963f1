"""Restrict access: scripts filled in with this tenant's addresses, and whether the restriction is in effect (S12)."""

from collections.abc import Sequence
from dataclasses import dataclass

from roomstead.application.checks.sign_in import PERMISSIONS
from roomstead.application.integration_rules import known_integration
from roomstead.application.ports.access import MustBeRefused
from roomstead.application.ports.providers import Providers, RestrictionFacts, Script
from roomstead.application.ports.store import UnitOfWork, UnitsOfWork
from roomstead.application.restriction_facts import restriction_facts
from roomstead.domain.access import Access, Capability
from roomstead.domain.integration import Integration
from roomstead.domain.mailbox import Address, IntegrationId
from roomstead.domain.people import Actor, require_admin
from roomstead.domain.restriction import Restriction, RestrictionFindings, judge_restriction
from roomstead.domain.verification import CheckKey, CheckStatus, Purpose


@dataclass(frozen=True, slots=True)
class CounterExample:
    """A mailbox that must be refused, and what the last probe of it found (None: not tried yet)."""

    named: MustBeRefused
    found: Access | None


@dataclass(frozen=True, slots=True)
class RestrictionView:
    """The page: our app's id, the scripts best first, the counter-examples, the judgement."""

    facts: RestrictionFacts
    scripts: tuple[Script, ...]
    counter_examples: tuple[CounterExample, ...]
    restriction: Restriction


async def read_restriction(
    integration_id: IntegrationId, actor: Actor, *, units: UnitsOfWork, providers: Providers
) -> RestrictionView:
    """What is stored; a verification of the restriction brings it up to date. Raises NotFound."""
    require_admin(actor)
    async with units.reading() as uow:
        integration = await known_integration(uow, integration_id)
        facts = await restriction_facts(uow, integration)
        guide = providers.guide(integration.provider)
        named = await uow.access.must_be_refused(integration.id)
        refused = await uow.access.find_many(integration.id, [one.address for one in named], Capability.TIMES)
        permissions, is_spreading = await _last_seen(uow, integration)
        findings = RestrictionFindings(
            allowed=await _allowed(uow, integration, facts),
            must_be_refused={one.address: refused.get(one.address) for one in named},
            uncovered_permissions=tuple(guide.restricts(permissions)),
            is_spreading=is_spreading,
        )
    return RestrictionView(
        facts,
        guide.restriction_scripts(facts),
        tuple(CounterExample(one, refused.get(one.address)) for one in named),
        judge_restriction(findings),
    )


async def _allowed(uow: UnitOfWork, integration: Integration, facts: RestrictionFacts) -> dict[Address, Access | None]:
    """Rooms are to be read, the service account written. Organisers may be left out: it stands in for them."""
    rooms = await uow.access.find_many(integration.id, list(facts.rooms), Capability.TIMES)
    allowed: dict[Address, Access | None] = {address: rooms.get(address) for address in facts.rooms}
    if facts.service_account is not None:
        allowed[facts.service_account] = await uow.access.find(integration.id, facts.service_account, Capability.WRITE)
    return allowed


async def _last_seen(uow: UnitOfWork, integration: Integration) -> tuple[Sequence[str], bool]:
    """The permissions that the last sign-in named, and whether a change of the restriction is spreading."""
    permissions: Sequence[str] = ()
    is_spreading = False
    for purpose in (Purpose.INTEGRATION, Purpose.SERVICE_ACCOUNT, Purpose.RESTRICTION):
        newest = await uow.verifications.newest_of(integration.id, purpose)
        checks = {one.key: one for one in await uow.verifications.checks(newest.id)} if newest is not None else {}
        signed_in = checks.get(CheckKey.CREDENTIAL)
        if signed_in is not None and PERMISSIONS in signed_in.evidence:
            permissions = signed_in.evidence[PERMISSIONS].split()
        refused = checks.get(CheckKey.MUST_BE_REFUSED)
        is_spreading = is_spreading or (refused is not None and refused.status is CheckStatus.PROPAGATING)
    return permissions, is_spreading
