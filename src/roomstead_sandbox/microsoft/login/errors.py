"""The error answers of the token endpoint (Microsoft Entra docs: "Authentication and authorization error codes")."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

UNAUTHORIZED_ERRORS = frozenset({"invalid_client"})


@dataclass
class SignInError(Exception):
    """A refused token: the AADSTS number, the OAuth error it comes under, its sentence."""

    number: int
    error: str
    sentence: str
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = field(default=())

    def __str__(self) -> str:
        return f"AADSTS{self.number}: {self.sentence}"

    @property
    def http_status(self) -> int:
        """401 for a refused credential, else 400, unless the error says otherwise."""
        return self.status or (401 if self.error in UNAUTHORIZED_ERRORS else 400)

    def body(self, *, now: datetime, login_base: str) -> dict[str, Any]:
        """The JSON of the answer, in the shape that the documentation shows."""
        trace, correlation = str(uuid.uuid4()), str(uuid.uuid4())
        stamp = now.strftime("%Y-%m-%d %H:%M:%SZ")
        return {
            "error": self.error,
            "error_description": f"AADSTS{self.number}: {self.sentence}\r\n"
            f"Trace ID: {trace}\r\nCorrelation ID: {correlation}\r\nTimestamp: {stamp}",
            "error_codes": [self.number],
            "timestamp": stamp,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": f"{login_base}/error?code={self.number}",
        }


def tenant_not_found(tenant: str) -> SignInError:
    """No tenant of that id or domain."""
    return SignInError(
        90002, "invalid_request", f"Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID."
    )


def malformed_tenant(tenant: str) -> SignInError:
    """What stands in the path is neither a GUID nor a domain."""
    return SignInError(
        900023,
        "invalid_request",
        f"Specified tenant identifier '{tenant}' is neither a valid DNS name, nor a valid external domain.",
    )


def missing_parameter(name: str) -> SignInError:
    """A form field is missing."""
    return SignInError(900144, "invalid_request", f"The request body must contain the following parameter: '{name}'.")


def unknown_application(client_id: str, tenant: str) -> SignInError:
    """The tenant does not know the app: wrong tenant, or consent never given."""
    return SignInError(
        700016,
        "unauthorized_client",
        f"Application with identifier '{client_id}' was not found in the directory '{tenant}'. This can happen if "
        "the application has not been installed by the administrator of the tenant or consented to by any user in "
        "the tenant. You may have sent your authentication request to the wrong tenant.",
    )


def wrong_secret(client_id: str) -> SignInError:
    """The secret is not one of the app's; often it is the secret's id."""
    return SignInError(
        7000215,
        "invalid_client",
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, "
        f"not the client secret ID, for a secret added to app '{client_id}'.",
    )


def expired_secret(client_id: str) -> SignInError:
    """The secret was right once."""
    return SignInError(
        7000222,
        "invalid_client",
        f"The provided client secret keys for app '{client_id}' are expired. Visit the Azure portal to create new "
        "keys for your app, or consider using certificate credentials for added security.",
    )


def assertion_not_verified(reason: str) -> SignInError:
    """The assertion's signature does not fit a certificate of the app."""
    return SignInError(700027, "invalid_client", f"Client assertion failed signature validation. Reason - {reason}")


def assertion_out_of_time() -> SignInError:
    """The assertion is not valid yet, no longer valid, or valid for too long."""
    return SignInError(700024, "invalid_client", "Client assertion is not within its valid time range.")
