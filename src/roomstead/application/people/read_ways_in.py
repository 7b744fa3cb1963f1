"""How people can come in."""

from dataclasses import dataclass

from roomstead.application.ports.store import UnitsOfWork


@dataclass(frozen=True, slots=True)
class WaysIn:
    """What the sign-in page offers. ``provider``: the company's own sign-in, by the name that people know."""

    needs_first_admin: bool
    provider: str = ""


async def read_ways_in(*, units: UnitsOfWork) -> WaysIn:
    """For everybody: it says nothing about who is here, but whether anybody is."""
    async with units.reading() as uow:
        stored = await uow.identities.provider()
        label = stored.provider.label if stored is not None and stored.provider.is_enabled else ""
        return WaysIn(needs_first_admin=not await uow.people.has_admin(), provider=label)
