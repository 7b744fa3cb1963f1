"""Clients of tests, which talk plain HTTP with this machine."""

import ssl

PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Knows no authorities: to load those of the world takes a client 30 ms, longer than most tests."""
