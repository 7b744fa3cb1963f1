"""Read what an admin typed of a new integration."""

from roomstead.application.consent import ConsentPage
from roomstead.application.integration_draft import KEPT, DraftView, judge_draft, open_draft
from roomstead.application.policy import Policy
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.providers import Providers
from roomstead.application.ports.secrets import Sealer
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.people import Actor, require_admin


async def read_draft(
    actor: Actor, *, units: UnitsOfWork, providers: Providers, sealer: Sealer, clock: Clock, policy: Policy
) -> DraftView | None:
    """One's own draft with what is wrong with it; None: there is none, or nobody came back to it for a fortnight."""
    require_admin(actor)
    if actor.person_id is None:
        return None
    now = clock.now()
    async with units.reading() as uow:
        stored = await uow.drafts.get(actor.person_id)
    if stored is None or now - stored.updated_at > KEPT:
        return None
    page = ConsentPage(providers, sealer, policy)
    return judge_draft(open_draft(stored, sealer), providers, now, page, actor.person_id)
