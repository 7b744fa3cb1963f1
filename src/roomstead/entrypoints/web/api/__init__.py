"""The routers of ``/api/v1``, a file per resource."""

from roomstead.entrypoints.web.api import audit, me, people, tokens

ROUTERS = (me.router, people.router, tokens.router, audit.router)
