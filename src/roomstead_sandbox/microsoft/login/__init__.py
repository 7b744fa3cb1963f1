"""Entra ID as an app sees it: app registrations, consent, the token endpoint, access tokens."""
