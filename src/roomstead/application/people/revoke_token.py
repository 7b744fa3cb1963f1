"""Revoke a token."""

from roomstead.application.ports.clock import Clock
from roomstead.application.ports.people import Subject
from roomstead.application.ports.store import UnitsOfWork
from roomstead.domain.errors import NotFound
from roomstead.domain.people import Actor, TokenId


async def revoke_token(token_id: TokenId, actor: Actor, *, units: UnitsOfWork, clock: Clock) -> None:
    """Make a token worthless at once; doing it again changes nothing.

    Other people's tokens do not exist for a member: raises NotFound.
    """
    async with units() as uow:
        token = await uow.people.token(token_id)
        if token is None or not (actor.is_admin or actor.person_id == token.person_id):
            raise NotFound("There is no such token.", remedy="Look the id up in the list of tokens.")
        if token.revoked_at is not None:
            return
        now = clock.now()
        await uow.people.revoke_token(token_id, now)
        await uow.audit.record(
            "token.revoked", Subject("token", token.id), actor, at=now, detail={"prefix": token.prefix}
        )
        await uow.commit()
