"""Google Workspace: by delegation, by rooms that were shared, or by one mailbox that signed in."""
