"""Who is asking."""

from roomstead.entrypoints.web.api.router import api_router
from roomstead.entrypoints.web.deps import Cases, CurrentActor
from roomstead.entrypoints.web.problems import documented
from roomstead.entrypoints.wire.people import MeShape

router = api_router("me")


@router.get("/me", summary="Who I am", responses=documented())
async def read_me(cases: Cases, actor: CurrentActor) -> MeShape:
    """The person that the token speaks for, and what it allows."""
    person = None if actor.person_id is None else await cases.read_person(actor.person_id, actor)
    return MeShape.of(actor, person)
