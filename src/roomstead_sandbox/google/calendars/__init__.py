"""Calendars themselves: their metadata, how they are shared, who lists them, settings of a user."""
