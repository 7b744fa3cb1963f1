"""Mail to people, over SMTP."""
