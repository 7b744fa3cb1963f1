"""The outside: providers, database, jobs, secrets, mail. Each implements a port."""
