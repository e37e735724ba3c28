"""What came nowhere and must go by letter; the line a task is about; why a dead letter was closed by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_BEFORE = (
    *("asked", "missed-three", "acute", "call-me", "dead-letter", "opted-out", "wrong-number", "question"),
    *("unreachable", "undelivered", "important-day", "silent"),
)


def upgrade() -> None:
    _one_of(*_BEFORE, "letter")
    op.add_column("tasks", sa.Column("entry", sa.Integer(), nullable=True))
    op.add_column("tasks", sa.Column("because", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("tasks", "because")
    op.drop_column("tasks", "entry")
    _one_of(*_BEFORE)


def _one_of(*reasons: str) -> None:
    listed = ", ".join(map(repr, reasons))
    op.drop_constraint(op.f("ck_handovers_reason"), "handovers")
    op.create_check_constraint(op.f("ck_handovers_reason"), "handovers", f"reason in ({listed})")
