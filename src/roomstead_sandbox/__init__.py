"""The rehearsal tenant: a local Microsoft 365 that is hostile in the ways the real one is.

Shares no code with the service and is driven over HTTP only, by anything that speaks the providers' protocols.
"""

__version__ = "0.1.0"
