"""The sign-in host: tokens for assertions, codes and refresh tokens, and the page on which people consent."""
