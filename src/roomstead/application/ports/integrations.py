"""Integrations, credentials, service accounts, access findings and verifications."""

from typing import Protocol


class IntegrationRepository(Protocol):
    """Integrations, credentials, service accounts, access findings and verifications."""
