"""Many requests in one: multipart/mixed in, multipart/mixed out."""
