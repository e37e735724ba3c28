"""Who writes more than is answered, and who writes from abroad, are reasons to hand a conversation over."""

from alembic import op

revision = "0010"
down_revision = "0009"
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
    "silent",
    "letter",
)


def upgrade() -> None:
    _one_of(*_BEFORE, "flood", "abroad")


def downgrade() -> None:
    _one_of(*_BEFORE)


def _one_of(*reasons: str) -> None:
    listed = ", ".join(map(repr, reasons))
    op.drop_constraint(op.f("ck_handovers_reason"), "handovers")
    op.create_check_constraint(op.f("ck_handovers_reason"), "handovers", f"reason in ({listed})")
