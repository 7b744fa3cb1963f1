"""The opaque state in the links of a delta round: which window, how far, since which version of the mailbox."""

import base64
import json
import zlib
from dataclasses import asdict, dataclass
from datetime import datetime

from roomstead_sandbox.microsoft.errors import bad_request


@dataclass(frozen=True, slots=True)
class DeltaToken:
    """Where a caller stands.

    ``version`` is the mailbox's version at the beginning of the round; ``since`` is None in a first round, else the
    version where the round before began; ``position`` is how many items of this round were handed out.
    """

    mailbox: int
    generation: int
    epoch: int
    calendar: str
    start: str
    end: str
    version: int
    since: int | None = None
    position: int = 0

    @property
    def window(self) -> tuple[datetime, datetime]:
        """The window that was fixed at the very first call."""
        return datetime.fromisoformat(self.start), datetime.fromisoformat(self.end)

    def text(self) -> str:
        """The token as it stands in links: opaque, with a checksum so that nobody makes one up."""
        raw = json.dumps(list(asdict(self).values()), separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(zlib.crc32(raw).to_bytes(4, "big") + zlib.compress(raw)).decode().rstrip("=")


def read_token(text: str) -> DeltaToken:
    """The token in a link.  GraphError 400 when it is not one of ours."""
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        raw = zlib.decompressobj().decompress(packed[4:], 4096)
        genuine = zlib.crc32(raw).to_bytes(4, "big") == packed[:4]
        token = DeltaToken(*json.loads(raw)) if genuine else None
    except (ValueError, TypeError, zlib.error) as error:
        raise bad_request("Badly formed token.", "ErrorInvalidUrlQuery") from error
    if token is None:
        raise bad_request("Badly formed token.", "ErrorInvalidUrlQuery")
    return token
