"""A person who shut us out, and a message nobody knows about, are reasons to hand a conversation over."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BEFORE = ("asked", "missed-three", "acute", "call-me", "dead-letter", "opted-out", "wrong-number", "question")


def upgrade() -> None:
    _one_of(*_BEFORE, "unreachable", "undelivered")


def downgrade() -> None:
    _one_of(*_BEFORE)


def _one_of(*reasons: str) -> None:
    listed = ", ".join(map(repr, reasons))
    op.drop_constraint(op.f("ck_handovers_reason"), "handovers")
    op.create_check_constraint(op.f("ck_handovers_reason"), "handovers", f"reason in ({listed})")
