"""Microsoft Graph v1.0, as far as a calendar service for rooms calls it."""
