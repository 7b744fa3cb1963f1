"""Microsoft 365 through Microsoft Graph, with application permissions."""
