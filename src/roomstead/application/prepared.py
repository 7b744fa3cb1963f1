"""How a decided write is kept until it is certainly done."""

import json
from collections.abc import Mapping

from roomstead.application.ports.calendar import PreparedWrite
from roomstead.domain.errors import Broken
from roomstead.domain.mailbox import Address, MailboxRef


def to_stored(prepared: PreparedWrite) -> dict[str, object]:
    """As JSON values. The payload is kept as text: a database that sorts keys must not change what is sent."""
    return {
        "provider": prepared.provider,
        "address": prepared.mailbox.address,
        "object_id": prepared.mailbox.object_id,
        "verb": prepared.verb,
        "payload": json.dumps(prepared.payload),
        "summary": list(prepared.summary),
    }


def from_stored(stored: Mapping[str, object]) -> PreparedWrite:
    """The write as it was decided. Raises Broken for what :func:`to_stored` did not write."""
    match stored:
        case {
            "provider": str() as provider,
            "address": str() as address,
            "object_id": str() | None as object_id,
            "verb": str() as verb,
            "payload": str() as payload,
            "summary": list() as summary,
        }:
            mailbox = MailboxRef(Address(address), object_id)
            return PreparedWrite(provider, mailbox, verb, json.loads(payload), tuple(map(str, summary)))
    raise Broken("A stored request cannot be read.")
