"""What Entra ID keeps: app registrations, consent, the signing key, and which assertions were used."""
