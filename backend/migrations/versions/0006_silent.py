"""A person who has not written for a month, with nothing finished, is a reason to hand a conversation over."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BEFORE = (
    "asked",
    "missed-three",
    "acute",
    "call-me",
    "dead-letter",
    "opted-out",
    "wrong-number",
    "question",
    "unreachable",
    "undelivered",
    "important-day",
)


def upgrade() -> None:
    _one_of(*_BEFORE, "silent")


def downgrade() -> None:
    _one_of(*_BEFORE)


def _one_of(*reasons: str) -> None:
    listed = ", ".join(map(repr, reasons))
    op.drop_constraint(op.f("ck_handovers_reason"), "handovers")
    op.create_check_constraint(op.f("ck_handovers_reason"), "handovers", f"reason in ({listed})")
