"""Deliver what a booking asks for to the calendar that hosts it."""
