"""The error answers of the token endpoint (Google's page "Using OAuth 2.0 for Server to Server Applications")."""

from dataclasses import dataclass
from typing import Any

from roomstead_sandbox.wire import Answer, json_answer

NOT_DELEGATED = (
    "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the "
    "scopes requested."
)
OUT_OF_TIME = (
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your 'iat' and "
    "'exp' values in the JWT claim."
)


@dataclass
class SignInError(Exception):
    """A refused token: OAuth error, sentence (some have none), HTTP status."""

    error: str
    sentence: str | None = None
    status: int = 400
    headers: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.error}: {self.sentence}"

    def answer(self) -> Answer:
        """As it goes back."""
        body: dict[str, Any] = {"error": self.error}
        if self.sentence is not None:
            body["error_description"] = self.sentence
        answer = json_answer(body, self.status)
        answer.headers.extend(self.headers)
        return answer


def not_delegated() -> SignInError:
    """The admin of the person's organisation never delegated this, or not all of it."""
    return SignInError("unauthorized_client", NOT_DELEGATED, 401)


def no_such_person() -> SignInError:
    """Nobody has this address."""
    return SignInError("invalid_grant", "Invalid email or User ID")


def person_deleted() -> SignInError:
    """The account was deleted lately."""
    return SignInError("invalid_grant", "The account has been deleted")


def invalid_subject() -> SignInError:
    """What is no address at all."""
    return SignInError("invalid_request", "Invalid impersonation &quot;sub&quot; field")


def out_of_time() -> SignInError:
    """The assertion's times do not fit the host's clock."""
    return SignInError("invalid_grant", OUT_OF_TIME)


def bad_signature() -> SignInError:
    """The key is wrong, or was deleted."""
    return SignInError("invalid_grant", "Invalid JWT Signature.")


def unknown_issuer() -> SignInError:
    """The service account does not exist."""
    return SignInError("invalid_grant", "Invalid JWT: No valid verifier found for issuer")


def invalid_assertion(sentence: str) -> SignInError:
    """An assertion that cannot be read."""
    return SignInError("invalid_grant", f"Invalid JWT: {sentence}")


def invalid_scope() -> SignInError:
    """No scope, or one that does not exist."""
    return SignInError("invalid_scope", "Invalid OAuth scope or ID token audience provided.")


def withdrawn() -> SignInError:
    """The consent behind a refresh token was withdrawn, or the token is none."""
    return SignInError("invalid_grant", "Token has been expired or revoked.")


def missing(name: str) -> SignInError:
    """A form field is missing."""
    return SignInError("invalid_request", f"Missing required parameter: {name}")
