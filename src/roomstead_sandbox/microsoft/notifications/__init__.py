"""Change notifications: subscriptions, their handshake, and the calls that tell an app to look."""
