"""The directory's room list: read whole, taken in, and compared with what was there."""

from roomstead.application.checks.run import Result, Run
from roomstead.application.checks.words import count, error_evidence
from roomstead.application.room_listing import NothingListed, take_in_listed
from roomstead.domain.errors import ConsentMissing
from roomstead.domain.remedy import Remedy, Who
from roomstead.domain.verification import Check, CheckStatus

_ADD_BY_ADDRESS = Remedy(
    "Add rooms by their address under Settings → Rooms: new ones can take two days to appear in the list.", Who.YOU
)


async def check_directory(run: Run, check: Check) -> tuple[Check, Result]:
    """Read the room list; what it says is stored, and rooms that it no longer names are missing."""
    try:
        listing = await take_in_listed(run.provider, run.integration.id, units=run.units, clock=run.clock)
    except ConsentMissing as error:
        directory = next(
            (one.key for tier in run.description.tiers for one in tier.permissions if not one.is_per_mailbox), ""
        )
        return check, Result(
            CheckStatus.FAILED,
            "The room list cannot be read. Rooms can still be added by their address.",
            error.code,
            run.guide.permission_remedy(directory, run.facts),
            error_evidence(error),
        )
    except NothingListed as nothing:
        return check, Result(CheckStatus.FAILED, nothing.message, nothing.code, _ADD_BY_ADDRESS)
    gone = f" {count(listing.missing, 'room is', 'rooms are')} no longer listed." if listing.missing else ""
    return check, Result(
        CheckStatus.PASSED,
        f"Room list read: {count(listing.listed, 'room')}, {listing.added:,} of them new.{gone}",
        evidence={"listed": str(listing.listed), "added": str(listing.added), "missing": str(listing.missing)},
    )
