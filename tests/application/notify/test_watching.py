"""What Global Admins are mailed about integrations."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from roomstead.adapters.db.unit_of_work import SqlUnitsOfWork
from roomstead.application.notify.watch_integrations import watch_integrations
from roomstead.application.ports.connections import CURRENT
from roomstead.application.ports.integrations import SealedCredential
from roomstead.domain.integration import Attention, Integration
from roomstead.domain.people import Person, Role

if TYPE_CHECKING:
    from tests.application.conftest import Given, HeldClock
    from tests.application.notify.conftest import PostOffice


@pytest.fixture
async def mei(given: "Given") -> Person:
    """A Global Admin."""
    return await given.person("Mei Tan", role=Role.GLOBAL_ADMIN)


async def test_attention_is_told_to_admins_once_each_time_it_begins(
    post: "PostOffice", units: SqlUnitsOfWork, clock: "HeldClock", tenant: Integration, mei: Person, jane: Person
) -> None:
    async def call_admin() -> None:
        attention = Attention("consent_missing", "A permission is missing.", "Consent again.", clock.now())
        async with units() as uow:
            await uow.integrations.call_admin(tenant.id, attention)
            await uow.commit()

    await call_admin()
    await watch_integrations(units=units, clock=clock)
    await watch_integrations(units=units, clock=clock)
    assert await post.deliver() == 1
    (mail,) = post.sink.taken
    assert mail["Subject"] == "Contoso needs attention"
    assert mail["To"].addresses[0].addr_spec == mei.addresses[0]
    async with units() as uow:
        await uow.integrations.clear_attention(tenant.id)
        await uow.commit()
    clock.advance(timedelta(hours=1))
    await call_admin()
    await watch_integrations(units=units, clock=clock)
    assert await post.deliver() == 1


async def test_the_end_of_a_credential_is_told_in_stages(
    post: "PostOffice", units: SqlUnitsOfWork, clock: "HeldClock", tenant: Integration, mei: Person
) -> None:
    ends = clock.now() + timedelta(days=61)
    async with units() as uow:
        credential = SealedCredential("secret", CURRENT, {}, b"sealed", "f1", ends, clock.now())
        await uow.integrations.put_credential(tenant.id, credential)
        await uow.commit()
    told = []
    for _ in range(62):
        await watch_integrations(units=units, clock=clock)
        if await post.deliver():
            told.append((ends - clock.now()).days)
        clock.advance(timedelta(days=1))
    assert told == [60, 30, 14, 7, 3, 1, 0]
    assert post.sink.taken[0]["Subject"] == "The credential of Contoso ends"
    assert post.sink.taken[-1]["Subject"] == "The credential of Contoso has ended"
