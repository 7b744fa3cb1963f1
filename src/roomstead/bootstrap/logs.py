"""Logging, for entry points."""

from roomstead.adapters.logging import configure_logging

__all__ = ["configure_logging"]
