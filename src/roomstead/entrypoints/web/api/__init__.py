"""The routers of ``/api/v1``, a file per resource."""

from roomstead.entrypoints.web.api import audit, bookings, me, people, rooms, tokens

ROUTERS = (me.router, bookings.router, rooms.router, people.router, tokens.router, audit.router)
