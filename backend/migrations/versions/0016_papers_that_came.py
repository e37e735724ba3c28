"""A paper that was asked for may have come without anybody having looked at it yet."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_NAME = "ck_papers_state"


def upgrade() -> None:
    op.drop_constraint(op.f(_NAME), "papers")
    op.create_check_constraint(op.f(_NAME), "papers", "state in ('missing', 'came', 'seen', 'not-needed')")


def downgrade() -> None:
    op.execute(sa.text("update papers set state = 'missing' where state = 'came'"))
    op.drop_constraint(op.f(_NAME), "papers")
    op.create_check_constraint(op.f(_NAME), "papers", "state in ('missing', 'seen', 'not-needed')")
