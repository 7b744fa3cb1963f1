"""The JSON file that Google hands out when a cloud identity gets a key, and the other files it is mistaken for."""

import json
from dataclasses import dataclass, field

_OTHER_FILES = {
    "authorized_user": "This is a person's own sign-in made by gcloud. Make a key for a service account instead.",
    "external_account": "This file has no key: it describes workload identity federation. Choose “Keyless”.",
    "impersonated_service_account": "This file has no key: it describes impersonation. Choose “Keyless”.",
    "gdch_service_account": "This key is for Google Distributed Cloud. Make one in Google Cloud itself.",
}
_CLIENT_FILES = ("web", "installed")
_NEEDED = ("client_email", "client_id", "private_key", "private_key_id")


class NotAKeyFile(ValueError):
    """What was given is no key of a cloud identity; says what it is instead."""


@dataclass(frozen=True, slots=True)
class KeyFile:
    """What a key file tells."""

    client_email: str
    client_id: str
    """Numeric: what an Admin console wants to know to delegate."""
    key_id: str
    private_key: str = field(repr=False)


def read_key_file(text: str) -> KeyFile:
    """Read a key file. Raises NotAKeyFile with a sentence about what to do."""
    try:
        told = json.loads(text)
    except ValueError as error:
        raise NotAKeyFile(
            "This is not JSON. Paste the whole file that was downloaded when the key was made."
        ) from error
    if not isinstance(told, dict):
        raise NotAKeyFile("This JSON is no key file: it has to be one object with “type”: “service_account”.")
    _check_type(told)
    missing = [name for name in _NEEDED if not isinstance(told.get(name), str) or not told[name].strip()]
    if missing:
        raise NotAKeyFile(f"The key file lacks {', '.join(missing)}. Download it again, or make a new key.")
    if not told["client_id"].isascii() or not told["client_id"].isdecimal():
        raise NotAKeyFile("The key file's client_id has to be a number, such as 104839221345678901234.")
    return KeyFile(told["client_email"].lower(), told["client_id"], told["private_key_id"], told["private_key"])


def _check_type(told: dict[str, object]) -> None:
    kind = told.get("type")
    if kind == "service_account":
        return
    if any(name in told for name in _CLIENT_FILES):
        raise NotAKeyFile("This is an OAuth client's file. Choose “Service account mailbox”, or make a key file.")
    known = _OTHER_FILES.get(kind) if isinstance(kind, str) else None
    raise NotAKeyFile(known or "This JSON is no key file: its “type” has to be “service_account”.")
