"""What people filled in. Routes ask for ``Fields``; what is missing is empty, and use cases say what is wrong."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData, QueryParams, UploadFile

from roomstead.domain.errors import InvalidInput

MOST_DIGITS = 9


class FilledForm:
    """The fields of a form, or of an address after its question mark."""

    def __init__(self, data: FormData | QueryParams | dict[str, str]) -> None:
        """``data`` as it came."""
        self._data = data

    def text(self, name: str) -> str:
        """One field. Raises InvalidInput for characters that are none."""
        value = self._data.get(name, "")
        return storable(name, value) if isinstance(value, str) else ""

    def number(self, name: str) -> int | None:
        """A whole number that the store can take; None: it is none."""
        typed = self.text(name).strip()
        return int(typed) if typed.isdecimal() and len(typed) <= MOST_DIGITS else None

    def texts(self, name: str) -> list[str]:
        """A field that may come several times."""
        if isinstance(self._data, dict):
            return [self.text(name)] if name in self._data else []
        return [storable(name, value) for value in self._data.getlist(name) if isinstance(value, str)]

    def is_on(self, name: str) -> bool:
        """Whether a box was ticked."""
        return bool(self._data.get(name))

    async def content(self, name: str) -> bytes:
        """The content of a file; empty: none was chosen."""
        value = self._data.get(name)
        return await value.read() if isinstance(value, UploadFile) else b""


def storable(name: str, value: str) -> str:
    """The text, if the store can take it. Raises InvalidInput for NUL and for halves of characters."""
    if any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in value):
        raise InvalidInput({name: "This has characters that are none."})
    return value


async def _filled_form(request: Request) -> FilledForm:
    return FilledForm(await request.form())


def _asked(request: Request) -> FilledForm:
    return FilledForm(request.query_params)


Fields = Annotated[FilledForm, Depends(_filled_form)]
Asked = Annotated[FilledForm, Depends(_asked)]
