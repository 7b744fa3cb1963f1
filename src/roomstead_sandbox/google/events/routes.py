"""Every path about events, free/busy, channels and batches."""

from roomstead_sandbox.google.call import Route

ROUTES: tuple[Route, ...] = ()
