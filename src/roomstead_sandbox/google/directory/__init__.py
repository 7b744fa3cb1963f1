"""The Workspace directory: rooms, buildings, features, users."""
