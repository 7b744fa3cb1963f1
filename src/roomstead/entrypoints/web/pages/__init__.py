"""The pages that people see: server-rendered, usable without scripts as far as reading and submitting go."""

from fastapi import APIRouter

from roomstead.entrypoints.web.pages import first_run, me, sign_in

ROUTERS: tuple[APIRouter, ...] = (sign_in.router, first_run.router, me.router)
