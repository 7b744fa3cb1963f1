"""The script that reads how rooms treat requests, for an admin to run."""

from roomstead.application.integration_rules import known_integration
from roomstead.application.ports.providers import Providers, Script
from roomstead.application.ports.store import UnitsOfWork
from roomstead.application.restriction_facts import restriction_facts
from roomstead.domain.errors import NotFound
from roomstead.domain.mailbox import IntegrationId
from roomstead.domain.people import Actor, require_admin


async def read_room_policy_script(
    integration_id: IntegrationId, actor: Actor, *, units: UnitsOfWork, providers: Providers
) -> Script:
    """Filled in with this integration's rooms and service account. Raises NotFound, also where no script tells it."""
    require_admin(actor)
    async with units.reading() as uow:
        integration = await known_integration(uow, integration_id)
        facts = await restriction_facts(uow, integration)
    script = providers.guide(integration.provider).room_policy_script(facts.rooms, facts.service_account)
    if script is None:
        raise NotFound(
            "No script tells how this provider's rooms treat requests.", remedy="Book a test in some of them instead."
        )
    return script
