"""The hosts of Google on the wire: what is common to every call."""
