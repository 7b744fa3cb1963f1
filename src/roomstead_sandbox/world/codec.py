"""Records as plain JSON lists and back, driven by their type hints; quick enough for half a million events."""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, time
from enum import Enum
from operator import attrgetter
from typing import Any, Union, get_args, get_origin, get_type_hints

Convert = Callable[[Any], Any]
Replaced = Mapping[Any, tuple[Convert, Convert]]
Skipped = Mapping[Any, frozenset[str]]
Json = Any  # JSON data; its depth is open
_PLAIN = (str, int, float, bool, type(None), object, Any)
_MOMENTS: Mapping[type, Convert] = {
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    time: time.fromisoformat,
}


class Codec:
    """Turns records into lists of field values and back.

    `replaced` gives other conversions for some types: (to JSON, from JSON), for things kept elsewhere and named
    by number, say. `skipped` names fields at the end of a class that are neither written nor read.
    """

    def __init__(
        self,
        replaced: Replaced | None = None,
        skipped: Skipped | None = None,
    ) -> None:
        self._replaced = dict(replaced or {})
        self._skipped = dict(skipped or {})
        self._encoders: dict[Any, Convert | None] = {}
        self._decoders: dict[Any, Convert | None] = {}

    def encode(self, hint: Any, value: Any) -> Json:  # noqa: ANN401 - any record
        """The value, of the hinted type, as JSON data."""
        convert = self.encoder(hint)
        return value if convert is None or value is None else convert(value)

    def decode(self, hint: Any, data: Json) -> Any:  # noqa: ANN401 - any record
        """The value of the hinted type that `encode` gave. Raises ValueError, TypeError or KeyError for others."""
        convert = self.decoder(hint)
        return data if convert is None or data is None else convert(data)

    def encoder(self, hint: Any) -> Convert | None:  # noqa: ANN401 - a type hint
        """What converts a (non-None) value of this type; None when it is JSON already."""
        if hint not in self._encoders:
            self._encoders[hint] = self._make_encoder(hint)
        return self._encoders[hint]

    def decoder(self, hint: Any) -> Convert | None:  # noqa: ANN401 - a type hint
        """What converts the (non-None) JSON data of this type back; None when nothing is to be done."""
        if hint not in self._decoders:
            self._decoders[hint] = self._make_decoder(hint)
        return self._decoders[hint]

    def _make_encoder(self, hint: Any) -> Convert | None:  # noqa: ANN401 - a type hint
        hint = _without_none(hint)
        if hint in self._replaced:
            return self._replaced[hint][0]
        if hint in _MOMENTS:
            return _iso
        if is_dataclass(hint) or _is_named_tuple(hint):
            return self._record_encoder(hint)
        origin, inner = get_origin(hint), get_args(hint)
        if origin in (list, tuple, set):
            item = self.encoder(inner[0])
            return list if item is None else lambda values: [item(v) for v in values]
        if origin in (dict, Mapping, _ABSTRACT_MAPPING):
            return self._pairs_encoder(inner)
        return None

    def _pairs_encoder(self, inner: tuple[Any, ...]) -> Convert:
        key, value = self.encoder(inner[0]) or _same, self.encoder(inner[1]) or _same
        return lambda held: [[key(k), v if v is None else value(v)] for k, v in held.items()]

    def _record_encoder(self, hint: Any) -> Convert:  # noqa: ANN401 - a record class
        named = self._fields(hint)
        read = _reader([name for name, _ in named])
        special = [(i, c) for i, (_, h) in enumerate(named) if (c := self.encoder(h)) is not None]

        def convert(value: Any) -> list[Any]:  # noqa: ANN401 - a record
            row = list(read(value))
            for index, encode in special:
                if row[index] is not None:
                    row[index] = encode(row[index])
            return row

        return convert

    def _make_decoder(self, hint: Any) -> Convert | None:  # noqa: ANN401 - a type hint
        hint = _without_none(hint)
        if hint in self._replaced:
            return self._replaced[hint][1]
        if hint in _MOMENTS:
            return _MOMENTS[hint]
        if isinstance(hint, type) and issubclass(hint, Enum):
            members = {member.value: member for member in hint}
            return members.__getitem__
        if is_dataclass(hint) or _is_named_tuple(hint):
            return self._record_decoder(hint)
        return self._container_decoder(hint)

    def _container_decoder(self, hint: Any) -> Convert | None:  # noqa: ANN401 - a type hint
        origin, inner = get_origin(hint), get_args(hint)
        if origin in (list, tuple, set):
            item = self.decoder(inner[0])
            return origin if item is None else lambda values: origin(map(item, values))
        if origin in (dict, Mapping, _ABSTRACT_MAPPING):
            key, value = self.decoder(inner[0]) or _same, self.decoder(inner[1]) or _same
            return lambda pairs: {key(k): v if v is None else value(v) for k, v in pairs}
        return None

    def _record_decoder(self, hint: Any) -> Convert:  # noqa: ANN401 - a record class
        named = self._fields(hint)
        names = [name for name, _ in named]
        special = [(i, c) for i, (_, h) in enumerate(named) if (c := self.decoder(h)) is not None]
        needed = _needed(hint, names)  # fields added since a world was saved have their defaults

        def convert(row: list[Any]) -> Any:  # noqa: ANN401 - a record
            if not needed <= len(row) <= len(names):
                raise ValueError(f"{hint.__name__} has {needed} to {len(names)} fields, not {len(row)}.")
            for index, decode in special:
                if index < len(row) and row[index] is not None:
                    row[index] = decode(row[index])
            return hint(*row)

        return convert

    def _fields(self, hint: Any) -> list[tuple[str, Any]]:  # noqa: ANN401 - a record class
        hints = get_type_hints(hint)
        names = [f.name for f in fields(hint)] if is_dataclass(hint) else list(hint._fields)
        skipped = self._skipped.get(hint, frozenset())
        return [(name, hints[name]) for name in names if name not in skipped]


_ABSTRACT_MAPPING = get_origin(Mapping[str, str])


def _reader(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    read = attrgetter(*names)
    return read if len(names) > 1 else lambda value: (read(value),)


def _needed(hint: Any, names: list[str]) -> int:  # noqa: ANN401 - a record class
    """How many leading fields a record must have: all that have no default."""
    if not is_dataclass(hint):
        return len(names) - len(hint._field_defaults)
    return sum(f.name in names and f.default is MISSING and f.default_factory is MISSING for f in fields(hint))


def _is_named_tuple(hint: Any) -> bool:  # noqa: ANN401 - a type hint
    return isinstance(hint, type) and issubclass(hint, tuple) and hasattr(hint, "_fields")


def _without_none(hint: Any) -> Any:  # noqa: ANN401 - a type hint
    """The type of an optional value; unions of plain types stay plain."""
    if get_origin(hint) not in (Union, types.UnionType):
        return hint
    others = [inner for inner in get_args(hint) if inner is not type(None)]
    return others[0] if len(others) == 1 else object


def _iso(value: datetime | date | time) -> str:
    return value.isoformat()


def _same(value: Any) -> Any:  # noqa: ANN401 - whatever it is
    return value
