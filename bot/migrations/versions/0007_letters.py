"""A dead letter that staff release is tried again, as a new row that says which it was."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inbox", sa.Column("release_of", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("inbox", "release_of")
