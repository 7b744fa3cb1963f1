"""Our cookies: their names, and how they are set.

Where people come by https the names begin with ``__Host-``: a browser then takes such a cookie from this host alone,
never from a neighbour under the same domain (RFC 6265bis, 4.1.3.2).
"""

from datetime import timedelta

from fastapi import Request, Response

from roomstead.entrypoints.web.deps import service_of

SESSION = "roomstead"
SIGN_IN = "roomstead-sign-in"
FLASH = "roomstead-flash"
ZONE = "rs_zone"
"""Set by our script: what the browser says about its time zone."""


def is_secure(request: Request) -> bool:
    """Whether people come by https: as the public address says, or this request, by a proxy that is trusted."""
    return service_of(request).policy.public_url.startswith("https://") or request.scope.get("scheme") == "https"


def cookie_name(request: Request, name: str) -> str:
    """The cookie's whole name."""
    if is_secure(request):
        return f"__Host-{name}"
    return f"{name}-session" if name == SESSION else name


def read_cookie(request: Request, name: str) -> str:
    """What a cookie of ours holds; empty: there is none."""
    return request.cookies.get(cookie_name(request, name), "")


def set_cookie(request: Request, response: Response, name: str, value: str, *, lasts: timedelta) -> None:
    """Keep something in the browser that scripts cannot read and other sites cannot send with a form."""
    response.set_cookie(
        cookie_name(request, name),
        value,
        max_age=int(lasts.total_seconds()),
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )


def drop_cookie(request: Request, response: Response, name: str) -> None:
    """Remove a cookie of ours."""
    response.delete_cookie(
        cookie_name(request, name), path="/", secure=is_secure(request), httponly=True, samesite="lax"
    )
