"""Decisions about a single cost beside a month that waits; a wrong code sent twice by one form is one try."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("decisions", sa.Column("single_cost", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("decisions", "single_cost", server_default=None)
    op.add_column("counter_codes", sa.Column("last_wrong", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("counter_codes", "last_wrong")
    op.drop_column("decisions", "single_cost")
