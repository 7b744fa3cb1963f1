"""Sending webhooks: which addresses may be called, and the call itself."""
