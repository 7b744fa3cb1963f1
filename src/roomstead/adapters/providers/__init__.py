"""Calendar providers, one folder each, reached through the registry."""
