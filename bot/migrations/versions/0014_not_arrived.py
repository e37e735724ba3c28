"""Why a message certainly did not arrive, in the few words both halves know."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("why", sa.Text()))


def downgrade() -> None:
    op.drop_column("outbox", "why")
