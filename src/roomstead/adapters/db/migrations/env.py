"""Alembic's entry: runs revisions on the connection that ``schema.upgrade`` hands over."""

from alembic import context

from roomstead.adapters.db.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()
