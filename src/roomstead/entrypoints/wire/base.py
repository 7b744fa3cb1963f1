"""What all shapes share: no unknown fields, no naive times, no characters that cannot be kept."""

import re
from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from roomstead.application.paging import DEFAULT_LIMIT, LARGEST_LIMIT

EARLIEST_YEAR, LATEST_YEAR = 1990, 2200

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)?")
_UNKEEPABLE = re.compile("[\0\ud800-\udfff]")


def parse_moment(value: object) -> datetime:
    """An RFC 3339 time with its offset, as an aware time in UTC. Raises ValueError with a sentence."""
    if isinstance(value, datetime):
        found = value
    else:
        if not isinstance(value, str) or not _MOMENT.fullmatch(value):
            raise ValueError("Write the time like 2026-12-01T09:00:00+01:00.")
        try:
            found = datetime.fromisoformat(value.upper())
        except ValueError as error:
            raise ValueError("There is no such time.") from error
    if found.tzinfo is None:
        raise ValueError("Give the offset from UTC, like 2026-12-01T09:00:00+01:00.")
    if not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
        raise ValueError(f"Choose a time between {EARLIEST_YEAR} and {LATEST_YEAR}.")
    return found.astimezone(UTC)


def keepable(text: str) -> str:
    """The text, if the database can keep it. Raises ValueError with a sentence."""
    if _UNKEEPABLE.search(text):
        raise ValueError("Leave out NUL and other characters that are none.")
    return text


def rfc3339(moment: datetime) -> str:
    """As the API writes times: in UTC, with a Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


Moment = Annotated[
    datetime,
    BeforeValidator(parse_moment),
    PlainSerializer(rfc3339),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-12-01T09:00:00Z"]}),
]
"""A time with its offset; answered in UTC."""

Text = Annotated[str, AfterValidator(keepable)]
"""Text as people type it."""


class Shape(BaseModel):
    """A shape that we give."""

    model_config = ConfigDict(frozen=True)


class Request(BaseModel):
    """A shape that we take: a field that it does not have is a mistake, not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PageQuery(Request):
    """Which part of a list."""

    cursor: Text = Field(default="", max_length=2000, description="`next_cursor` of the page before.")
    limit: int = Field(default=DEFAULT_LIMIT, ge=1, le=LARGEST_LIMIT, description="How many items at most.")


Item = TypeVar("Item")


class Listing(Shape, Generic[Item]):
    """A page of a list."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"description": "A page of a list."})

    items: list[Item]
    next_cursor: str | None = Field(
        default=None, description="Send it as `cursor` to get what follows; null: there is no more."
    )
