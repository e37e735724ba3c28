"""Since when a message holds the later ones of its thread: its first try, not when it was written."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("holds_since", sa.DateTime(timezone=True)))
    op.execute(
        "update outbox set holds_since = tried_at where state in ('pending', 'sending', 'unknown') and attempts > 0"
    )


def downgrade() -> None:
    op.drop_column("outbox", "holds_since")
