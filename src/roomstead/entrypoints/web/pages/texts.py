"""Every word on the pages, in one catalogue per language: another language is one more file.

A text is looked up by its dotted name in ``texts/<language>.toml``; ``{name}`` in it is filled in. Where a count
decides between forms, the entry is a table with ``one`` and ``other`` (CLDR's names), chosen by the language's rule.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Self

from babel import Locale
from babel.numbers import format_decimal

DEFAULT_LANGUAGE = "en"


class MissingText(LookupError):
    """A page asks for a text that the catalogue does not have."""


class _Number(int):
    """A number as the language writes it, 3,000, where a text does not say how."""

    def __new__(cls, value: int, _language: str) -> Self:
        return super().__new__(cls, value)

    def __init__(self, _value: int, language: str) -> None:
        self._language = language

    def __format__(self, form: str) -> str:
        return int(self).__format__(form) if form else format_decimal(int(self), locale=self._language)


class Texts:
    """The catalogue of one language."""

    def __init__(self, language: str, entries: Mapping[str, object]) -> None:
        """``entries``: as parsed from the file, nested tables."""
        self.language = language
        self._entries = dict(_flatten("", entries))
        self._plural = Locale.parse(language).plural_form

    def __call__(self, name: str, /, **values: object) -> str:
        """The text of that name, filled in; ``count`` among the values chooses the form. Raises MissingText."""
        found = self._entries.get(name)
        if found is None and isinstance(count := values.get("count"), int):
            form = self._plural(count)
            found = self._entries.get(f"{name}.{form}") or self._entries.get(f"{name}.other")
        if found is None:
            raise MissingText(f"The catalogue “{self.language}” has no text “{name}”.")
        return found.format_map({name: self._told(value) for name, value in values.items()}) if values else found

    def _told(self, value: object) -> object:
        return _Number(value, self.language) if isinstance(value, int) and not isinstance(value, bool) else value

    def of(self, provider: str, name: str, /, **values: object) -> str:
        """The text in a provider's own words (``section.provider_key``), else the one for all (``section.key``)."""
        section, _, key = name.partition(".")
        own = f"{section}.{provider}_{key}"
        return self(own if self.has(own) else name, **values)

    def has(self, name: str) -> bool:
        """Whether there is such a text."""
        return name in self._entries

    def names(self) -> frozenset[str]:
        """All names, to compare catalogues."""
        return frozenset(self._entries)


def _flatten(prefix: str, entries: Mapping[str, object]) -> list[tuple[str, str]]:
    flat: list[tuple[str, str]] = []
    for key, value in entries.items():
        if isinstance(value, Mapping):
            flat += _flatten(f"{prefix}{key}.", value)
        else:
            flat.append((f"{prefix}{key}", str(value)))
    return flat


@cache
def texts_in(language: str) -> Texts:
    """The catalogue of a language, read once. Raises FileNotFoundError for one that is not there."""
    source = files("roomstead.entrypoints.web") / "texts" / f"{language}.toml"
    return Texts(language, tomllib.loads(source.read_text(encoding="utf-8")))
