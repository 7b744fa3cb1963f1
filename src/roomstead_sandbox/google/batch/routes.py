"""The path of batches."""

from roomstead_sandbox.google.batch import multipart
from roomstead_sandbox.google.call import Route

ROUTES: tuple[Route, ...] = (Route("calendar.batch", "POST", "/batch/calendar/v3", multipart.run, ()),)
