"""Workers that die in the middle of a verification: no test event stays, nothing found is lost."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from tests.application.integration.conftest import SERVICE, Office, check_of

from roomstead.domain.integration import RoomStatus, VerificationId
from roomstead.domain.verification import CheckKey, CheckStatus, VerificationStatus

VERIFIER = Path(__file__).with_name("verifier.py")
DEADLINE = 60.0


class Worker:
    """The verifier, as a process of its own."""

    def __init__(self, office: Office, database_url: str) -> None:
        self._office = office
        self._database_url = database_url

    async def die_when(self, verification_id: VerificationId, has_come: Callable[[], Awaitable[bool]]) -> None:
        """Start it, and kill it without warning as soon as something can be seen."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            VERIFIER,
            self._database_url,
            self._office.sealing_key,
            str(verification_id),
            self._office.clock.now().isoformat(),
            stdout=asyncio.subprocess.DEVNULL,
        )
        until = time.monotonic() + DEADLINE
        while not await has_come():
            assert process.returncode is None, "it ended before it could be killed"
            assert time.monotonic() < until, "what was waited for did not come"
            await asyncio.sleep(0.02)
        process.kill()
        assert await process.wait() == -9


@pytest.fixture
def worker(office: Office, database_url: str) -> Worker:
    """A worker that can be killed."""
    return Worker(office, database_url)


@pytest.mark.parametrize("after_commit", [True, False], ids=["written, answer not read", "not yet written"])
async def test_killed_while_writing_test_events_it_leaves_none(
    office: Office,
    worker: Worker,
    after_commit: bool,  # noqa: FBT001 - a case
) -> None:
    added = await office.connect()
    office.fault("slow", mailbox=SERVICE, method="POST", seconds=20, after_commit=after_commit)

    async def writing() -> bool:
        async with office.units() as uow:
            begun = await uow.verifications.test_events_of(added.verification.id)
        return bool(begun) and (not after_commit or bool(office.test_events()))

    await worker.die_when(added.verification.id, writing)
    assert len(office.test_events()) == int(after_commit)

    office.sandbox.control.delete("faults")
    office.sandbox.advance(3 * 60)
    removed = await office.sweep_test_events()
    assert removed == int(after_commit)
    assert office.test_events() == []

    office.sandbox.advance(15 * 60)
    await office.sweep_test_events()
    async with office.units() as uow:
        assert await uow.verifications.test_events_of(added.verification.id) == []


async def test_killed_in_between_it_goes_on_where_it_stood_and_cleans_up(office: Office, worker: Worker) -> None:
    added = await office.connect()
    office.fault("slow", mailbox=SERVICE, method="DELETE", seconds=20)

    async def removing() -> bool:
        return len(office.test_events()) == 2

    await worker.die_when(added.verification.id, removing)
    office.sandbox.control.delete("faults")
    office.sandbox.control.delete("requests")
    office.sandbox.advance(4 * 60)
    assert await office.run_due() == 1

    view = await office.view(added.verification.id)
    assert view.verification.status is VerificationStatus.PASSED
    assert office.test_events() == []
    listed = [one for one in office.sandbox.control.get("requests") if one["template"] == "/places/room"]
    assert listed == []  # the room list had been read before


async def test_rooms_that_were_probed_are_not_probed_again(office: Office, worker: Worker) -> None:
    names = [f"room-{number:03}" for number in range(150)]
    _add_rooms(office, names)
    added = await office.connect()
    office.fault("slow", mailbox="room-149@contoso.example", method="GET", seconds=20)

    async def past_the_first_chunk() -> bool:
        view = await office.view(added.verification.id)
        return check_of(view, CheckKey.ROOMS).done >= 100

    await worker.die_when(added.verification.id, past_the_first_chunk)
    office.sandbox.control.delete("faults")
    office.sandbox.control.delete("requests")
    half = await office.view(added.verification.id)
    assert check_of(half, CheckKey.ROOMS).status is CheckStatus.RUNNING
    assert len(await office.rooms(added.integration.id, RoomStatus.LIVE)) >= 100
    office.sandbox.advance(4 * 60)
    await office.run_due()

    view = await office.view(added.verification.id)
    assert check_of(view, CheckKey.ROOMS).passed == 198
    read = [one for one in office.sandbox.control.get("requests") if one["template"] == "/users/{user}/calendar"]
    assert len(read) == 98


async def test_cancelled_while_writing_it_cleans_up_by_itself(office: Office) -> None:
    added = await office.connect()
    office.fault("slow", mailbox=SERVICE, method="POST", seconds=20, after_commit=True)
    run = asyncio.create_task(office.run(added.verification.id))
    until = time.monotonic() + DEADLINE
    while not office.test_events():
        assert time.monotonic() < until
        await asyncio.sleep(0.02)

    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run

    office.sandbox.control.delete("faults")
    office.sandbox.advance(3 * 60)
    await office.sweep_test_events()
    assert office.test_events() == []


async def test_of_a_thousand_rooms_forty_fail_and_the_others_go_live(office: Office) -> None:
    names = [f"room-{number:04}" for number in range(952)]
    _add_rooms(office, names)
    for name in names[:40]:
        office.sandbox.control.post(
            "microsoft/revoke", {"mailbox": f"{name}@contoso.example", "propagation_seconds": 0}
        )
    office.sandbox.advance(1)
    added = await office.connect()

    view = await office.run(added.verification.id)

    rooms = next(one for one in view.checks if one.check.key is CheckKey.ROOMS)
    assert (rooms.check.passed, rooms.check.total) == (960, 1000)
    assert [(group.cause, len(group.findings)) for group in rooms.groups] == [("refused", 40)]
    remedy = rooms.groups[0].remedy
    assert remedy is not None
    assert sum(f"'{name}@contoso.example'" in remedy.command for name in names) == 40
    seen = await office.overview(added.integration.id)
    assert seen.rooms == {RoomStatus.LIVE: 960, RoomStatus.UNREACHABLE: 40}
    assert seen.integration.status.value == "working"


def _add_rooms(office: Office, names: list[str]) -> None:
    office.order("propagation", seconds=0)
    for name in names:
        office.sandbox.control.post("rooms", {"upn": f"{name}@contoso.example", "display_name": name.title()})
    office.sandbox.control.patch("groups/Roomstead Rooms", {"add": [f"{name}@contoso.example" for name in names]})
    office.sandbox.advance(1)
