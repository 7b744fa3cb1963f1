"""Calls that leave this machine over HTTP: one transport, and how often it may be used."""
