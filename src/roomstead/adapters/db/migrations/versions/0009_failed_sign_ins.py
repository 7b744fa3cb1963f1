"""Failed sign-ins in the audit trail: which entry counts them, and how those are found whose time is over."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "audit_tally",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_audit_tally")),
    )
    op.create_index("ix_audit_attempt", "audit", ["at"], postgresql_where=sa.text("starts_with(action, 'attempt.')"))
