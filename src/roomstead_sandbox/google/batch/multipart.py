"""POST /batch/calendar/v3: up to a thousand requests in one body (Google's page "Send batch requests").

Every part is answered as if it had come alone, in the order in which they came, and counts as a request of its own.
"""

from email.message import Message
from email.parser import BytesParser, HeaderParser
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

from roomstead_sandbox.google.call import Call
from roomstead_sandbox.google.errors import bad_request
from roomstead_sandbox.wire import Answer, Request, split_path

MOST_PARTS = 1000
BOUNDARY = "batch_roomstead_rehearsal"


async def run(call: Call) -> Answer:
    """Answer all parts. GoogleError 400 for a body that is no batch."""
    parts = _parts(call)
    if len(parts) > MOST_PARTS:
        raise bad_request(f"The batch request contains more than {MOST_PARTS} calls.", "batchSizeTooLarge")
    shown = []
    for part in parts:
        request = _request(call, part)
        answer = await call.respond(request)
        shown.append(_part(part.get("Content-ID"), answer))
    body = b"".join(f"--{BOUNDARY}\r\n".encode() + one + b"\r\n" for one in shown) + f"--{BOUNDARY}--\r\n".encode()
    return Answer(200, body, f"multipart/mixed; boundary={BOUNDARY}")


def _parts(call: Call) -> list[Message]:
    kind = call.request.header("content-type") or ""
    if not kind.lower().startswith("multipart/mixed"):
        raise bad_request("Failed to parse batch request, error: 0 items. Received batch body: ()")
    whole = BytesParser().parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + call.request.body)
    payload = whole.get_payload()
    if not whole.is_multipart() or not isinstance(payload, list):
        raise bad_request("Failed to parse batch request, error: 0 items. Received batch body: ()")
    return [part for part in payload if isinstance(part, Message)]


def _request(call: Call, part: Message) -> Request:
    """The request that a part describes; without a token of its own it has the batch's. GoogleError 400."""
    raw = part.get_payload(decode=True)
    text = raw if isinstance(raw, bytes) else b""
    head, _, body = text.replace(b"\r\n", b"\n").partition(b"\n\n")
    line, _, rest = head.decode("utf-8", "replace").partition("\n")
    words = line.split()
    if len(words) < 2:  # noqa: PLR2004 - a method and a target
        raise bad_request("Failed to parse batch request, error: 1 items could not be read.")
    headers = {name.lower(): (str(value),) for name, value in HeaderParser().parsestr(rest + "\n\n").items()}
    headers.setdefault("authorization", (call.request.header("authorization") or "",))
    target = urlsplit(words[1])
    path = target.path.removeprefix(urlsplit(call.request.base).path)
    query = tuple(parse_qsl(target.query, keep_blank_values=True))
    return Request(words[0].upper(), split_path(path), query, headers, body, call.request.base)


def _part(content_id: str | None, answer: Answer) -> bytes:
    named = f"Content-ID: <response-{content_id.strip('<> ')}>\r\n" if content_id else ""
    lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in answer.headers]
    lines += [f"Content-Type: {answer.content_type}"] if answer.body else []
    lines.append(f"Content-Length: {len(answer.body)}")
    head = "\r\n".join(lines)
    return f"Content-Type: application/http\r\n{named}\r\n{head}\r\n\r\n".encode() + answer.body
