"""How many can be invited to one event, which every provider decides for itself."""

from roomstead.application.ports.providers import Providers
from roomstead.domain.booking_input import BESIDE_GUESTS, Mistakes

SURELY_TAKEN = 100
"""Every provider takes so many. Below it none is asked, since what knows them takes a second to load."""


def refuse_too_many(guests: int, provider: str, providers: Providers, mistakes: Mistakes) -> None:
    """Name the mistake before anything is written; ``guests`` beside the organiser and the room."""
    if guests + BESIDE_GUESTS <= SURELY_TAKEN:
        return
    described = providers.describe(provider)
    most = described.capabilities.most_invited - BESIDE_GUESTS
    if guests > most:
        mistakes.add(
            "attendees",
            f"{described.label} lets at most {most} people be invited beside the organiser and the room; these are"
            f" {guests}. Invite a group's address, or fewer people.",
        )
