"""What she answers of a paper that is asked for by a day: that she cannot get it, or can send nothing better."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_SAID = "ck_completion_papers_said"


def upgrade() -> None:
    op.add_column("completion_papers", sa.Column("said", sa.Text(), nullable=True))
    op.add_column("completion_papers", sa.Column("said_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f(_SAID), "completion_papers", "said in ('cannot-get', 'good-enough')")


def downgrade() -> None:
    op.drop_constraint(op.f(_SAID), "completion_papers")
    op.drop_column("completion_papers", "said_at")
    op.drop_column("completion_papers", "said")
