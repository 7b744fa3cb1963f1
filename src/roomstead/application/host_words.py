"""Why a booking is hosted by the service account, in words that everybody may read. Codes are for admins only."""

from roomstead.domain.access import AccessCause

_REASONS = {
    AccessCause.REFUSED: "Roomstead has no access to {whose} mailbox: your organisation has not granted it.",
    AccessCause.NO_MAILBOX: "{Who} no mailbox in the organisation that this room belongs to.",
    AccessCause.ON_PREMISES: "{Whose} mailbox lies on a server that Roomstead cannot reach.",
    AccessCause.NOT_IN_DIRECTORY: "The organisation that this room belongs to does not know {whose} address.",
    AccessCause.OUTSIDE: "{Whose} mailbox belongs to another organisation than this room.",
}


def stand_in_reason(cause: AccessCause, *, is_for_another: bool) -> str:
    """The reason as a sentence; empty when nothing stands in the way."""
    whose, who = ("the organiser's", "The organiser has") if is_for_another else ("your", "You have")
    return _REASONS.get(cause, "").format(whose=whose, Whose=whose[:1].upper() + whose[1:], Who=who)
