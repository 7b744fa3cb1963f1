"""What can be wrong with a request before any use case sees it."""

from roomstead.domain.errors import Broken, Refused


class MalformedBody(Refused):
    """The body is not readable JSON."""

    code = "malformed_body"


class UnsupportedMedia(Refused):
    """Send the body as application/json."""

    code = "unsupported_media"


class BodyTooLarge(Refused):
    """The body is larger than this server takes."""

    code = "body_too_large"


class BodyTooSlow(Refused):
    """The body took too long to arrive."""

    code = "body_too_slow"


class NoSuchRoute(Refused):
    """There is nothing at this address."""

    code = "no_such_route"


class MethodNotAllowed(Refused):
    """This address does not take this method."""

    code = "method_not_allowed"


class VersionRequired(Refused):
    """Say which version you decided on: send its ETag as If-Match."""

    code = "version_required"


class BadRequest(Refused):
    """The request cannot be understood."""

    code = "bad_request"


def unforeseen() -> Broken:
    """What is said of an error that nobody foresaw; what it was stands in the log, under the request's id."""
    return Broken("Something went wrong on our side.", remedy="Send us the request id.")
