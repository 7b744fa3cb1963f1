"""What removing an integration means, in words: the same on the page, in the API and for commands."""

from roomstead.application.integration_overview import IntegrationOverview
from roomstead.domain.integration import RoomStatus
from roomstead.entrypoints.web.pages.moments import Moments
from roomstead.entrypoints.web.pages.texts import Texts


def consequences_of_removal(seen: IntegrationOverview, texts: Texts, moments: Moments) -> list[str]:
    """One sentence each, the weightiest first."""
    signs = seen.signs
    said = [texts("remove.bookings", count=signs.upcoming) if signs.upcoming else texts("remove.bookings_none")]
    for each in seen.service_accounts:
        if each.hosted.count and each.hosted.last_end is not None:
            address, until = each.account.mailbox.address, moments.day(each.hosted.last_end)
            said.append(texts("remove.hosted", count=each.hosted.count, address=address, until=until))
    if signs.waiting:
        said.append(texts("remove.waiting", count=signs.waiting))
    rooms = sum(count for status, count in seen.rooms.items() if status is not RoomStatus.LEFT_OUT)
    return [*said, texts("remove.rooms", count=rooms), texts("remove.credential"), texts("remove.undo")]
