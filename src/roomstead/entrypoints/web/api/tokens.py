"""API tokens: one's own under ``/tokens``, another person's, for Global Admins, under ``/people/{id}/tokens``."""

from uuid import UUID

from fastapi import Response, status

from roomstead.application.people.create_token import CreateToken
from roomstead.bootstrap.use_cases import UseCases
from roomstead.domain.errors import Conflict, Forbidden, InvalidInput, NotFound
from roomstead.domain.people import Actor, PersonId, TokenId
from roomstead.entrypoints.web.api.router import api_router
from roomstead.entrypoints.web.deps import Cases, CurrentActor
from roomstead.entrypoints.web.problems import documented
from roomstead.entrypoints.wire.base import Listing
from roomstead.entrypoints.wire.people import NewToken, NewTokenShape, TokenShape

router = api_router("tokens")


def _self(actor: Actor) -> PersonId:
    if actor.person_id is None:
        raise Forbidden("Only a person has tokens.", remedy="Name the person.")
    return actor.person_id


async def _list(person_id: PersonId, cases: UseCases, actor: Actor) -> Listing[TokenShape]:
    tokens = await cases.list_tokens(person_id, actor)
    return Listing(items=[TokenShape.of(token) for token in tokens])


async def _create(person_id: PersonId, new: NewToken, cases: UseCases, actor: Actor) -> NewTokenShape:
    made = await cases.create_token(CreateToken(person_id, new.name, new.role, new.expires_at), actor)
    return NewTokenShape.made(made.token, made.secret)


@router.get("/tokens", summary="List my tokens", responses=documented())
async def list_own_tokens(cases: Cases, actor: CurrentActor) -> Listing[TokenShape]:
    """Newest first, all on one page, revoked and expired ones too."""
    return await _list(_self(actor), cases, actor)


@router.post(
    "/tokens",
    summary="Make a token for myself",
    status_code=status.HTTP_201_CREATED,
    responses=documented(Forbidden, InvalidInput, Conflict),
)
async def create_own_token(new: NewToken, cases: Cases, actor: CurrentActor) -> NewTokenShape:
    """Its role is at most that of the token with which it is made. The secret is answered this once."""
    return await _create(_self(actor), new, cases, actor)


@router.delete(
    "/tokens/{token_id}",
    summary="Revoke a token",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=documented(NotFound, InvalidInput),
)
async def revoke_token(token_id: UUID, cases: Cases, actor: CurrentActor) -> Response:
    """One's own, or as a Global Admin anybody's. Doing it again changes nothing."""
    await cases.revoke_token(TokenId(token_id), actor)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.get(
    "/people/{person_id}/tokens",
    summary="List a person's tokens",
    responses=documented(Forbidden, NotFound, InvalidInput),
)
async def list_tokens(person_id: UUID, cases: Cases, actor: CurrentActor) -> Listing[TokenShape]:
    """For the person and for Global Admins."""
    return await _list(PersonId(person_id), cases, actor)


@router.post(
    "/people/{person_id}/tokens",
    summary="Make a token for a person",
    status_code=status.HTTP_201_CREATED,
    responses=documented(Forbidden, NotFound, InvalidInput, Conflict),
)
async def create_token(person_id: UUID, new: NewToken, cases: Cases, actor: CurrentActor) -> NewTokenShape:
    """For the person and for Global Admins. The secret is answered this once."""
    return await _create(PersonId(person_id), new, cases, actor)
