"""What removing an integration means, as the API and the commands show it."""

from uuid import UUID

from pydantic import Field

from roomstead.application.integration_overview import IntegrationOverview
from roomstead.entrypoints.wire.base import Shape


class RemovalShape(Shape):
    """What removing an integration would mean."""

    integration_id: UUID
    name: str = Field(description="Send it back as `name` to confirm that you read this.")
    consequences: list[str]
    upcoming_bookings: int = Field(description="They stay in their calendars and can no longer be changed here.")
    hosted_bookings: int = Field(description="How many of them service accounts host.")
    waiting_changes: int = Field(description="They are given up.")

    @classmethod
    def of(cls, seen: IntegrationOverview, consequences: list[str]) -> "RemovalShape":
        """The shape of it."""
        signs = seen.signs
        return cls(
            integration_id=seen.integration.id,
            name=seen.integration.name,
            consequences=consequences,
            upcoming_bookings=signs.upcoming,
            hosted_bookings=signs.hosted,
            waiting_changes=signs.waiting,
        )
