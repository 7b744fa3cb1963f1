"""The directory's room list: read whole, taken in, and compared with what was there."""

from roomstead.application.checks.run import Result, Run
from roomstead.application.checks.words import count, error_evidence
from roomstead.application.room_listing import NothingListed, take_in_listed
from roomstead.domain.errors import ConsentMissing
from roomstead.domain.remedy import Remedy, Who
from roomstead.domain.verification import Check, CheckStatus

_ADD_BY_ADDRESS = Remedy(
    "Add rooms by their address under Settings → Rooms: new ones can take days to appear in the list.", Who.YOU
)


async def check_directory(run: Run, check: Check) -> tuple[Check, Result]:
    """Read the room list; what it says is stored, and rooms that it no longer names are missing."""
    try:
        listing = await take_in_listed(run.provider, run.integration.id, units=run.units, clock=run.clock)
    except ConsentMissing as error:
        return check, _closed(run, error)
    except NothingListed as nothing:
        return check, Result(CheckStatus.FAILED, nothing.message, nothing.code, _ADD_BY_ADDRESS)
    gone = f" {count(listing.missing, 'room is', 'rooms are')} no longer listed." if listing.missing else ""
    return check, Result(
        CheckStatus.PASSED,
        f"Room list read: {count(listing.listed, 'room')}, {listing.added:,} of them new.{gone}",
        evidence={"listed": str(listing.listed), "added": str(listing.added), "missing": str(listing.missing)},
    )


def _closed(run: Run, error: ConsentMissing) -> Result:
    """A directory that is not opened to us; where the tier can do without, it is no failure."""
    permissions = next((tier.permissions for tier in run.description.tiers if tier.number == run.integration.tier), ())
    listing = next((one for one in permissions if not one.is_per_mailbox), None)
    remedy = None if listing is None else run.guide.permission_remedy(listing.key, run.facts)
    if listing is not None and listing.is_optional:
        sentence = "The room list is not open to Roomstead. Rooms are added by their address."
        return Result(CheckStatus.SKIPPED, sentence, error.code, remedy, error_evidence(error))
    sentence = "The room list cannot be read. Rooms can still be added by their address."
    return Result(CheckStatus.FAILED, sentence, error.code, remedy, error_evidence(error))
