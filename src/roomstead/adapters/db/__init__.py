"""The store on PostgreSQL: tables, migrations, units of work and repositories."""
