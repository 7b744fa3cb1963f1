"""The path of free and busy times."""

from roomstead_sandbox.google.call import Route
from roomstead_sandbox.google.freebusy import querying
from roomstead_sandbox.google.scopes import FREEBUSY

ROUTES: tuple[Route, ...] = (
    Route("calendar.freebusy.query", "POST", "/calendar/v3/freeBusy", querying.query, FREEBUSY),
)
