"""Change notifications: how long Graph keeps a subscription to a mailbox (Microsoft Graph docs: subscription)."""

from datetime import timedelta

LONGEST_SUBSCRIPTION = timedelta(minutes=10_080)
"""For events without their contents. Older tenants were seen to stop at 4,230 minutes."""
