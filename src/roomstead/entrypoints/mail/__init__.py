"""The words of mail to people."""
