"""Follow one mailbox: look at single copies that are due, then take in what changed."""
