"""A small HTTP client that costs next to nothing, so that the server is what is measured."""

import asyncio
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and after how many seconds."""

    status: int
    body: bytes
    seconds: float


class Connection:
    """One kept-alive HTTP/1.1 connection to a server on this machine."""

    def __init__(self, port: int, token: str = "", *, cookie: str = "") -> None:
        """``token``, or ``cookie``, goes with every request."""
        self._port = port
        self._head = f"Host: 127.0.0.1:{port}\r\n" + (f"Authorization: Bearer {token}\r\n" if token else "")
        self._head += f"Cookie: {cookie}\r\n" if cookie else ""

    async def open(self) -> "Connection":
        """Connect."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def close(self) -> None:
        """Hang up."""
        self._writer.close()
        await self._writer.wait_closed()

    async def ask(self, method: str, path: str, body: bytes = b"") -> Answer:
        """One request and its whole answer."""
        head = f"{method} {path} HTTP/1.1\r\n{self._head}"
        if body:
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        began = time.perf_counter()
        self._writer.write(head.encode() + b"\r\n" + body)
        status, length = await self._read_head()
        content = await self._reader.readexactly(length) if length is not None else await self._read_chunks()
        return Answer(status, content, time.perf_counter() - began)

    async def _read_head(self) -> tuple[int, int | None]:
        lines = (await self._reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
        length: int | None = None
        for line in lines[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return int(lines[0].split()[1]), length

    async def _read_chunks(self) -> bytes:
        content = b""
        while size := int((await self._reader.readline()).strip(), 16):
            content += await self._reader.readexactly(size)
            await self._reader.readexactly(2)
        await self._reader.readexactly(2)
        return content
