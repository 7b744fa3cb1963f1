"""The pages that people see: server-rendered, usable without scripts as far as reading and submitting go."""

from fastapi import APIRouter

from roomstead.entrypoints.web.pages import (
    book,
    booking,
    first_run,
    integration_add,
    integration_verify,
    integrations,
    live,
    me,
    people_import,
    settings,
    settings_audit,
    settings_people,
    settings_sign_in,
    settings_system,
    sign_in,
    today,
)

ROUTERS: tuple[APIRouter, ...] = (
    sign_in.router,
    first_run.router,
    me.router,
    today.router,
    live.router,
    book.router,
    booking.router,
    people_import.router,  # before people, whose addresses end in an id
    settings_people.router,
    settings_sign_in.router,
    settings_audit.router,
    settings_system.router,
    settings.router,
    integration_add.router,  # before integrations, whose addresses go on with an id
    integrations.router,
    integration_verify.router,
)
