"""Every path of the directory."""

from roomstead_sandbox.google.call import Route

ROUTES: tuple[Route, ...] = ()
