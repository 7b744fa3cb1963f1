"""Signatures, waits and pauses of webhooks."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from roomstead.domain.webhook import (
    TRIED_FOR,
    EventId,
    message_id,
    pause_after,
    secret_text,
    signature,
    signed_headers,
    wait_after,
)

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
AT = datetime.fromtimestamp(1614265330, UTC)
ID = EventId(UUID("0f7d0e2e-9d2d-4a6b-8a43-6d5f0f6f2c11"))


def test_a_signature_is_what_the_scheme_says() -> None:
    """The example of the scheme's own reference libraries."""
    found = signature(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", AT, b'{"test": 2432232314}')
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_every_secret_in_force_signs() -> None:
    headers = signed_headers([SECRET, secret_text(b"x" * 32)], ID, AT, b"{}")
    assert headers["webhook-id"] == message_id(ID) == "msg_0f7d0e2e9d2d4a6b8a436d5f0f6f2c11"
    assert headers["webhook-timestamp"] == "1614265330"
    first, second = headers["webhook-signature"].split(" ")
    assert first == signature(SECRET, message_id(ID), AT, b"{}")
    assert second == signature(secret_text(b"x" * 32), message_id(ID), AT, b"{}")


def test_what_is_no_secret_does_not_sign() -> None:
    with pytest.raises(ValueError, match="not a secret"):
        signature("whsec_é!", "msg_1", AT, b"")


def test_waits_grow_over_a_day() -> None:
    waits = [wait_after(number) for number in range(1, 12)]
    assert waits == sorted(waits)
    assert sum(waits[:9], timedelta(0)) < TRIED_FOR < sum(waits, timedelta(0))


def test_an_endpoint_is_left_alone_longer_and_longer_but_not_for_long() -> None:
    pauses = [pause_after(number) for number in range(1, 40)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(minutes=5)
    assert pause_after(1, timedelta(minutes=20)) == timedelta(minutes=20)
    assert pause_after(1, timedelta(days=9)) == timedelta(hours=1)
