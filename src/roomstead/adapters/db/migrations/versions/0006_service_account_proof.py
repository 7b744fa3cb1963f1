"""When a service account was proven to allow concurrent bookings; those in force until now were."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("service_mailbox", sa.Column("proven_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE service_mailbox SET proven_at = activated_at")
