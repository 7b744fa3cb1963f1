"""How every resource's router is made."""

from fastapi import APIRouter

from roomstead.entrypoints.web.deps import API, TOKEN
from roomstead.entrypoints.web.idempotency import ApiRoute


def api_router(tag: str, prefix: str = "") -> APIRouter:
    """A router under ``/api/v1`` whose routes want a token and whose POSTs honour the Idempotency-Key."""
    return APIRouter(prefix=API + prefix, tags=[tag], route_class=ApiRoute, dependencies=[TOKEN])
