"""Sealing of stored credentials: what lies in the database cannot be read without a key that lies elsewhere.

The keys come from the settings or from a file that only its owner may read, created at first use. The first key
seals, all of them open, so a key is replaced without an outage: put the new one first, seal everything again, drop
the old one. Backups hold the sealed form and never the keys.
"""

import hashlib
import os
import stat
from collections.abc import Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from roomstead.domain.errors import CredentialMissing, NeedsAdmin

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class SealingKeyInvalid(NeedsAdmin):
    """A sealing key is not a key."""

    code = "sealing_key_invalid"


class SealingKeyExposed(NeedsAdmin):
    """The sealing key can be read by other accounts of this machine."""

    code = "sealing_key_exposed"


class SealingKeyUnreadable(NeedsAdmin):
    """The sealing key cannot be read or created by this account."""

    code = "sealing_key_unreadable"


class Sealer:
    """Seals and opens with a given set of keys, the newest first."""

    def __init__(self, keys: Sequence[str]) -> None:
        """`keys` are 32 random bytes each, in URL-safe base64. Raises `SealingKeyInvalid`."""
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError as error:
            raise SealingKeyInvalid(
                "A sealing key is not 32 bytes in URL-safe base64, or there is none.",
                remedy="Set ROOMSTEAD_SEALING_KEYS to what `openssl rand -base64 32 | tr '+/' '-_'` prints, "
                "or leave it out and let Roomstead make a key file.",
            ) from error
        self._newest = keys[0]

    def __repr__(self) -> str:
        return f"Sealer({self.fingerprint()})"

    def seal(self, clear: bytes) -> bytes:
        """Seal with the newest key; twice the same gives two different results."""
        return self._fernet.encrypt(clear)

    def open(self, sealed: bytes) -> bytes:
        """Open what any of the keys sealed. Raises `CredentialMissing` when none of them did, or it was altered."""
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            raise _not_ours() from None

    def rotate(self, sealed: bytes) -> bytes:
        """Seal again with the newest key. Raises `CredentialMissing` as `open` does."""
        try:
            return self._fernet.rotate(sealed)
        except InvalidToken:
            raise _not_ours() from None

    def fingerprint(self) -> str:
        """Names the newest key without giving it away: stored beside what it sealed, shown to operators."""
        return hashlib.sha256(b"roomstead sealing key " + self._newest.encode()).hexdigest()[:12]


def load_sealer(keys: Sequence[str], key_file: Path) -> Sealer:
    """Return a sealer with `keys`, or, where there are none, with those in `key_file`, created when it is missing.

    Raises `SealingKeyInvalid`, `SealingKeyExposed` or `SealingKeyUnreadable`, each with what mends it.
    """
    if keys:
        return Sealer(keys)
    try:
        if not key_file.exists():
            _create(key_file)
        _require_private(key_file)
        text = key_file.read_text()
    except OSError as error:
        raise SealingKeyUnreadable(
            f"The sealing key {key_file} cannot be used: {error.strerror}.",
            remedy="Start Roomstead as the account that owns the file, or set ROOMSTEAD_SEALING_KEY_FILE to another.",
        ) from error
    lines = (line.strip() for line in text.splitlines())
    return Sealer([line for line in lines if line and not line.startswith("#")])


def _create(key_file: Path) -> None:
    """Write a new key so that it is there whole or not at all; of two at once, the first wins."""
    key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    begun = key_file.with_name(f"{key_file.name}.{os.getpid()}")
    descriptor = os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(
            "# Seals the credentials that Roomstead stores. Keep a copy apart from the backups: without this file\n"
            "# they cannot be opened. The first key seals, all of them open.\n"
            f"{Fernet.generate_key().decode()}\n"
        )
        file.flush()
        os.fsync(file.fileno())
    try:
        key_file.hardlink_to(begun)
    except FileExistsError:
        pass
    finally:
        begun.unlink()


def _require_private(key_file: Path) -> None:
    mode = stat.S_IMODE(key_file.stat().st_mode)
    if mode & _OTHERS:
        raise SealingKeyExposed(
            f"The sealing key {key_file} can be read by other accounts of this machine (mode {mode:04o}).",
            remedy=f"Run: chmod 600 '{key_file}'. If others may have read it, put a new key in its first line.",
        )


def _not_ours() -> CredentialMissing:
    return CredentialMissing(
        "A stored credential cannot be opened with the present sealing key.",
        remedy="Bring back the sealing key that belongs to this database, or enter the credential again.",
    )
