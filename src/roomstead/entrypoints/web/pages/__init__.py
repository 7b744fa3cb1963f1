"""The pages that people see: server-rendered, usable without scripts as far as reading and submitting go."""

from fastapi import APIRouter

from roomstead.entrypoints.web.pages import (
    first_run,
    live,
    me,
    people_import,
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
    people_import.router,  # before people, whose addresses end in an id
    settings_people.router,
    settings_sign_in.router,
    settings_audit.router,
    settings_system.router,
)
