"""The routers of ``/api/v1``, a file per resource."""

from roomstead.entrypoints.web.api import (
    access,
    audit,
    bookings,
    integration_removal,
    integrations,
    me,
    people,
    providers,
    room_policies,
    rooms,
    service_account,
    tokens,
    verifications,
    webhooks,
)

ROUTERS = (
    me.router,
    bookings.router,
    rooms.router,
    integrations.router,
    integration_removal.router,
    service_account.router,
    access.router,
    room_policies.router,
    verifications.router,
    providers.router,
    people.router,
    tokens.router,
    audit.router,
    webhooks.router,
)
