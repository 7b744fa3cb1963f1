"""The control API of the rehearsal tenant: what a test, a demonstrator or a curious person orders of the world.

Loaded when first asked for. Served under /_control, described at /_control/openapi.json and /_control/docs.
"""
