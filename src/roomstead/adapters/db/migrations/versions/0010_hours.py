"""Times as 14:00 or as 2:00 PM: each person's choice."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("person", sa.Column("hours", sa.Text(), server_default="24", nullable=False))
