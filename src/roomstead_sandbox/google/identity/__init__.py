"""Who may call: cloud projects, service accounts, OAuth clients, delegation, and the tokens they hold."""
