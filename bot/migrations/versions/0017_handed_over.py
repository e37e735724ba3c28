"""A way to the threads that staff see, of which entries may have to be copied, that reads no other thread."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_threads_handed_over",
        "threads",
        ["id"],
        postgresql_include=["municipality", "copy_again_at"],
        postgresql_where=sa.text("handed_over"),
    )


def downgrade() -> None:
    op.drop_index("ix_threads_handed_over", "threads")
