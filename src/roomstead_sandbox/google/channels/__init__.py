"""Push notifications: channels on a calendar's events, and the calls that say that something changed."""
