"""The rehearsal tenant's Microsoft face: Entra sign-in, Microsoft Graph and the Exchange policies, over one world."""
