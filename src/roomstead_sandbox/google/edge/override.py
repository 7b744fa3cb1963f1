"""GETs too long for an address, sent as POST with their parameters in the body (google-api-python-client does so)."""

from dataclasses import replace
from urllib.parse import parse_qsl

from roomstead_sandbox.wire import Request

HEADER = "x-http-method-override"
FORM = "application/x-www-form-urlencoded"


def unfolded(request: Request) -> Request:
    """The request that is meant."""
    meant = request.header(HEADER)
    if request.method != "POST" or meant is None:
        return request
    if meant.upper() != "GET" or not (request.header("content-type") or "").startswith(FORM):
        return replace(request, method=meant.upper())
    more = parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
    return replace(request, method="GET", query=(*request.query, *more), body=b"")
