"""Signing and tokens in the name of a service account for identities that hold no key of it."""
