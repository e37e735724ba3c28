"""Which kinds of notice there are stands in the contract alone: a new one changes no table."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TOLD = (
    *("interpreter-confirmed", "meeting-moved", "meeting-cancelled", "something-new", "important-day"),
    *("taken-over", "staff-message", "handed-back"),
)


def upgrade() -> None:
    op.drop_constraint(op.f("ck_notices_kind"), "notices")


def downgrade() -> None:
    listed = ", ".join(map(repr, _TOLD))
    op.create_check_constraint(op.f("ck_notices_kind"), "notices", f"kind in ({listed})")
