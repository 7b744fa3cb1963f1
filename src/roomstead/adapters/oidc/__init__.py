"""Sign-in with a company's account: OpenID Connect with any issuer, by discovery."""
