"""What a password must be: long, and not among those that everybody tries first.

No rules about kinds of characters: they make passwords worse (NIST SP 800-63B, 3.1.1.2).
"""

import unicodedata
from collections.abc import Sequence

SHORTEST = 12
LONGEST = 256
FEWEST_LETTERS = 5

_WELL_KNOWN = frozenset(
    {
        "password", "passwort", "passw0rd", "p@ssw0rd", "p@ssword", "motdepasse", "contrasena", "wachtwoord",
        "letmein", "welcome", "welkom", "willkommen", "bienvenue", "administrator", "admin", "changeme", "qwerty",
        "qwertyuiop", "qwertz", "qwertzuiop", "azerty", "azertyuiop", "asdfghjkl", "zxcvbnm", "1q2w3e4r5t",
        "1qaz2wsx", "1qaz2wsx3edc", "iloveyou", "football", "baseball", "princess", "dragon", "sunshine", "superman",
        "trustno1", "monkey", "master", "summer", "winter", "spring", "autumn", "secret", "correcthorsebatterystaple",
        "correct horse battery staple", "correct-horse-battery-staple", "roomstead", "meetingroom", "outofoffice",
    }
)  # fmt: skip
_ROWS = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm")


def normalised(text: str) -> str:
    """The same text however a keyboard composed it (NFKC), since people sign in on several."""
    return unicodedata.normalize("NFKC", text)


def password_mistake(text: str, *, about: Sequence[str] = ()) -> str:
    """What is wrong with a new password; empty: nothing. ``about``: the person's name and addresses."""
    password = normalised(text)
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters, such as four words that do not belong together."
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters."
    plain = password.casefold()
    if len(set(plain)) < FEWEST_LETTERS or _is_row(plain):
        return "This is too easy to guess: it repeats itself, or follows a row of keys."
    if _core(plain) in _WELL_KNOWN or plain in _WELL_KNOWN:
        return "This is one of the passwords that are tried first. Choose another."
    if any(_core(plain) in _core_words(each) for each in about):
        return "This is your name or address, which others know too. Choose something else."
    return ""


def _core(plain: str) -> str:
    """Without the digits and signs that people put around a word: ``Password2026!!`` is ``password``."""
    return plain.strip("0123456789!?.,;:-_+*#@$%&/()=<> ")


def _core_words(text: str) -> frozenset[str]:
    folded = normalised(text).casefold()
    local, _, domain = folded.partition("@")
    without = folded.replace(" ", "")
    return frozenset({folded, local, domain, without, local.replace(".", "")}) | {_core(folded)}


def _is_row(plain: str) -> bool:
    doubled = [row * 4 for row in _ROWS]
    return any(plain in row or plain in row[::-1] for row in doubled)
