"""Webhooks over the API: made, changed, tested, sent by a worker, removed."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from roomstead.bootstrap.worker import build_worker
from roomstead.config import Settings, load
from roomstead.entrypoints.wire.webhooks import JsonPayloads

NEW = {"url": "https://hooks.example.com/in", "events": ["booking.confirmed"], "description": "Signs"}


async def test_a_webhook_lives_and_its_secret_is_shown_once(admin: httpx2.AsyncClient) -> None:
    made = await admin.post("/webhooks", json=NEW, headers={"Idempotency-Key": "a"})
    assert made.status_code == 201
    secret = made.json()["secret"]
    assert secret.startswith("whsec_")
    again = await admin.post("/webhooks", json=NEW, headers={"Idempotency-Key": "a"})
    assert again.json() == made.json()
    path = made.headers["location"].removeprefix("/api/v1")
    read = await admin.get(path)
    assert secret not in read.text
    assert (read.json()["is_enabled"], read.json()["waiting"]) == (True, 0)
    changed = await admin.patch(
        path, json={"events": ["booking.cancelled"], "is_enabled": False}, headers={"If-Match": read.headers["etag"]}
    )
    assert (changed.json()["events"], changed.json()["disabled_for"]) == (["booking.cancelled"], "by_hand")
    stale = await admin.patch(path, json={"description": "x"}, headers={"If-Match": read.headers["etag"]})
    assert stale.json()["code"] == "stale_revision"
    rotated = await admin.post(f"{path}/rotate-secret")
    assert rotated.json()["secret"] != secret
    assert rotated.json()["old_secret_until"]
    assert (await admin.post(f"{path}/test")).json()["code"] == "conflict"
    gone = await admin.delete(path, headers={"If-Match": rotated.headers["etag"]})
    assert gone.status_code == 204
    assert (await admin.get("/webhooks")).json()["items"] == []
    actions = [each["action"] for each in (await admin.get("/audit?action=webhook")).json()["items"]]
    assert actions == ["webhook.removed", "webhook.secret_rotated", "webhook.disabled", "webhook.added"]
    assert secret not in (await admin.get("/audit")).text


async def test_mistakes_are_named_all_at_once(admin: httpx2.AsyncClient) -> None:
    wrong = await admin.post("/webhooks", json={"url": "https://10.0.0.1/", "events": ["x"]})
    assert wrong.status_code == 422
    assert set(wrong.json()["mistakes"]) == {"url", "events"}


async def tried(admin: httpx2.AsyncClient, path: str, times: int) -> dict[str, Any]:
    """The delivery, once it was tried so often."""
    found: dict[str, Any] = {}
    for _ in range(1200):
        found = (await admin.get(path)).json()
        if found["attempts"] >= times:
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(found)


class TestSending:
    """A worker beside the API, and an endpoint on this machine, which the settings allow."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return load(data_dir=settings.data_dir, port=0, webhook_networks="127.0.0.0/8")

    @pytest.fixture
    async def endpoint(self) -> AsyncIterator[str]:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 6\r\n\r\nthanks")
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/in"

    @pytest.fixture
    async def working(self, settings: Settings, database_url: str) -> AsyncIterator[None]:
        async with build_worker(settings, database_url, payloads=JsonPayloads()) as parts:
            stop = asyncio.Event()
            running = asyncio.create_task(parts.take_jobs(stop))
            yield
            stop.set()
            await running

    @pytest.mark.usefixtures("service", "working")
    async def test_a_test_is_sent_and_logged_and_sent_again(self, admin: httpx2.AsyncClient, endpoint: str) -> None:
        made = (await admin.post("/webhooks", json={**NEW, "url": endpoint})).json()
        left = await admin.post(f"/webhooks/{made['id']}/test")
        assert left.status_code == 202
        path = left.headers["location"].removeprefix("/api/v1")
        sent = await tried(admin, path, 1)
        assert (sent["log"][0]["status"], sent["log"][0]["excerpt"]) == (200, "thanks")
        assert '"type":"webhook.test"' in sent["body"]
        assert (await admin.post(f"{path}/redeliver")).json()["was_taken"] is False
        assert (await tried(admin, path, 2))["was_taken"]
        listed = (await admin.get(f"/webhooks/{made['id']}/deliveries?limit=1")).json()
        assert (listed["items"][0]["attempts"], listed["next_cursor"]) == (2, None)
