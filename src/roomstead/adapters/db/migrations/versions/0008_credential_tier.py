"""A credential that waits may bring another tier with it: another way in gives more access, or less."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("credential", sa.Column("tier", sa.Integer()))
