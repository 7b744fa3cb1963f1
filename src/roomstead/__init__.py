"""Roomstead: a self-hosted room-booking service that keeps meeting rooms in step with their calendars."""
