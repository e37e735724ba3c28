"""Which lines of a thread were said while nobody knew who was there."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "thread_entries", sa.Column("in_doubt", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
    op.alter_column("thread_entries", "in_doubt", server_default=None)


def downgrade() -> None:
    op.drop_column("thread_entries", "in_doubt")
