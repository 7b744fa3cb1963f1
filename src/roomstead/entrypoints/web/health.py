"""For whoever watches over the machines: health, readiness, figures, and a page for every error code."""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from roomstead.application.ports.vitals import Vitals
from roomstead.domain.errors import Forbidden, InvalidInput, NotFound, RetryLater, Unauthenticated
from roomstead.entrypoints.guides.sections import guide_to, path_to
from roomstead.entrypoints.web.deps import Cases, Service
from roomstead.entrypoints.web.problems import documented, sentence_of, status_of
from roomstead.entrypoints.web.scraping import MetricsTokenMissing, require_scraper
from roomstead.entrypoints.wire.base import Moment, Shape
from roomstead.entrypoints.wire.errors import error_kinds

router = APIRouter(tags=["operation"])

WORKER_SILENT_AFTER = timedelta(seconds=60)


class HealthShape(Shape):
    """The process answers."""

    status: str = "ok"


class ReadyShape(Shape):
    """What serving depends on."""

    ready: bool
    database: bool
    schema_current: bool
    worker: bool
    worker_seen_at: Moment | None


class ErrorShape(Shape):
    """What an error code means."""

    code: str
    status: int
    meaning: str
    guide: str = Field(description="Path of the section of the guides about it.")


@router.get("/healthz", summary="Whether this process lives")
async def healthz() -> HealthShape:
    """Asks nothing but this process: a failure means that it should be started again."""
    return HealthShape()


@router.get(
    "/readyz",
    summary="Whether this installation can do its work",
    response_model=ReadyShape,
    responses={503: {"model": ReadyShape, "description": "Something that it depends on is missing."}},
)
async def readyz(cases: Cases) -> Response:
    """Database, schema, and a worker that was seen within the last minute."""
    try:
        vitals = await cases.read_vitals()
    except RetryLater:
        shape = ReadyShape(ready=False, database=False, schema_current=False, worker=False, worker_seen_at=None)
    else:
        worker = is_worker_alive(vitals)
        shape = ReadyShape(
            ready=worker and vitals.is_schema_current,
            database=True,
            schema_current=vitals.is_schema_current,
            worker=worker,
            worker_seen_at=vitals.worker_seen_at,
        )
    return JSONResponse(shape.model_dump(mode="json"), 200 if shape.ready else 503)


def is_worker_alive(vitals: Vitals) -> bool:
    """Whether any worker said so lately, by the database's clock."""
    seen = vitals.worker_seen_at
    return seen is not None and vitals.database_time - seen < WORKER_SILENT_AFTER


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Prometheus' text format."},
        **documented(RetryLater, Forbidden, Unauthenticated, MetricsTokenMissing, token=False),
    },
)
async def metrics(request: Request, service: Service) -> Response:
    """Counts only: no names, no addresses. With the token of `ROOMSTEAD_METRICS_TOKEN`, or from this machine."""
    require_scraper(request, service.settings)
    vitals = await service.cases.read_vitals()
    return Response(service.metrics.page(vitals), media_type="text/plain; version=0.0.4; charset=utf-8")


@router.get(
    "/problems/{code}", summary="What an error code means", responses=documented(NotFound, InvalidInput, token=False)
)
async def read_problem(code: str) -> ErrorShape:
    """The page to which the `type` of a problem leads."""
    found: Any = error_kinds().get(code)
    if found is None:
        raise NotFound("There is no such error code.", remedy="Copy the code from the answer.")
    guide = path_to(guide_to(found))
    return ErrorShape(code=code, status=status_of(found).value, meaning=sentence_of(found), guide=guide)
