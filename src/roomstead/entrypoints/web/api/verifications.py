"""Verifications: read one, follow one, say that a remedy was applied. For Global Admins."""

from collections.abc import AsyncGenerator
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from roomstead.application.integration.mark_applied import MarkApplied
from roomstead.bootstrap.service import Roomstead
from roomstead.domain.errors import Conflict, Forbidden, InvalidInput, NotFound
from roomstead.domain.integration import VerificationId
from roomstead.domain.people import Actor
from roomstead.entrypoints.web.api.router import api_router
from roomstead.entrypoints.web.deps import Cases, CurrentActor, Service
from roomstead.entrypoints.web.problems import documented
from roomstead.entrypoints.web.streams import LiveResponse
from roomstead.entrypoints.wire.verifications import AppliedCheck, VerificationDetailShape, VerificationShape

router = api_router("verifications", "/verifications")

ONE = (Forbidden, NotFound, InvalidInput)


@router.get("/{verification_id}", summary="Read a verification", responses=documented(*ONE))
async def read_verification(verification_id: UUID, cases: Cases, actor: CurrentActor) -> VerificationDetailShape:
    """Its checks as they stand now."""
    return VerificationDetailShape.seen(await cases.read_verification(VerificationId(verification_id), actor))


@router.get(
    "/{verification_id}/stream",
    summary="Follow a verification",
    response_class=StreamingResponse,
    responses={
        200: {
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
            "description": "Server-sent events: `verification` with the whole of it whenever something changed; the "
            "stream ends when nothing more will, and when you open so many more streams that this one is your oldest.",
        },
        **documented(*ONE),
    },
)
async def follow_verification(
    verification_id: UUID, request: Request, service: Service, actor: CurrentActor
) -> Response:
    """The first event comes at once."""
    first = await _look(service, VerificationId(verification_id), actor)
    return LiveResponse(request, actor, _follow(service, first, actor))


async def _look(service: Roomstead, verification_id: VerificationId, actor: Actor) -> VerificationDetailShape:
    return VerificationDetailShape.seen(await service.cases.read_verification(verification_id, actor))


async def _follow(service: Roomstead, first: VerificationDetailShape, actor: Actor) -> AsyncGenerator[str]:
    shown = first
    yield _event(shown)
    async with service.announcements.about("verification", first.id) as news:
        while shown.is_open:
            now = await _look(service, VerificationId(first.id), actor)
            if now == shown:
                yield ": nothing new\n\n"
            else:
                shown = now
                yield _event(shown)
            if shown.is_open:
                await anext(news)


def _event(shape: VerificationDetailShape) -> str:
    return f"event: verification\ndata: {shape.model_dump_json()}\n\n"


@router.post(
    "/{verification_id}/applied",
    summary="Say that a remedy was applied",
    responses=documented(*ONE, Conflict),
)
async def mark_applied(
    verification_id: UUID, applied: AppliedCheck, cases: Cases, actor: CurrentActor
) -> VerificationShape:
    """Changes of access spread slowly: we look again after 5, 15, 30 and 60 minutes, then hourly for a day."""
    command = MarkApplied(VerificationId(verification_id), applied.check)
    return VerificationShape.of(await cases.mark_applied(command, actor))
