"""Verification against the rehearsal tenant: what passes goes live, what fails is named with what mends it."""

from roomstead.domain.verification import VerificationStatus

from .conftest import Office


async def test_a_sound_tenant_passes_and_goes_live(office: Office) -> None:
    added = await office.connect()

    view = await office.run(added.verification.id)

    print(*(f"{one.check.status}: {one.check.sentence}" for one in view.checks), sep="\n")
    assert view.verification.status is VerificationStatus.PASSED
