"""A decision that was late since she might have her say first."""

from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

_BEFORE = "'difference', 'papers', 'not-active', 'nobody', 'taken', 'not-known'"


def upgrade() -> None:
    _causes(f"'comment', {_BEFORE}")


def downgrade() -> None:
    op.execute("update late_decisions set cause = 'not-known' where cause = 'comment'")
    _causes(_BEFORE)


def _causes(known: str) -> None:
    op.drop_constraint(op.f("ck_late_decisions_cause"), "late_decisions")
    op.create_check_constraint(op.f("ck_late_decisions_cause"), "late_decisions", f"cause in ({known})")
