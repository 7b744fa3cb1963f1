"""Google keeps the calendar contract."""

from tests.contracts.calendar_provider_contract import CalendarProviderContract, host, provider, room
from tests.contracts.google_rehearsal import judged, rehearsal, sandbox

__all__ = ["host", "judged", "provider", "rehearsal", "room", "sandbox"]


class TestGoogleProvider(CalendarProviderContract):
    """Over the rehearsal tenant, by HTTP."""
