"""Keep what an admin typed of a new integration, mistakes or not, so that nothing is typed twice."""

from dataclasses import replace

from roomstead.application.integration_draft import (
    Draft,
    DraftView,
    judge_draft,
    open_draft,
    seal_draft,
)
from roomstead.application.ports.clock import Clock
from roomstead.application.ports.providers import Providers
from roomstead.application.ports.secrets import Sealer
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.errors import Forbidden
from roomstead.domain.people import Actor, require_admin


async def save_draft(
    draft: Draft, actor: Actor, *, units: UnitsOfWork, providers: Providers, sealer: Sealer, clock: Clock
) -> DraftView:
    """Store it and say what is wrong with it. A secret left empty stays as it was for the same kind of credential."""
    require_admin(actor)
    if actor.person_id is None:
        raise Forbidden("A draft belongs to a person.")
    now = clock.now()
    async with units() as uow:
        stored = await uow.drafts.get(actor.person_id)
        if stored is not None and stored.provider == draft.provider:
            before = open_draft(stored, sealer)
            if (before.tenant, before.settings) == (draft.tenant, draft.settings):
                draft = replace(draft, consent=before.consent)
            if before.kind == draft.kind:
                given = {name: text for name, text in draft.secrets.items() if text.strip()}
                draft = replace(draft, secrets={**before.secrets, **given})
        await uow.drafts.put(actor.person_id, seal_draft(draft, sealer, now))
        await uow.commit()
    return judge_draft(draft, providers, now)
