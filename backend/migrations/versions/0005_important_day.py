"""The last day of an appeal is told of by a notice of its own, and help before it is a reason to hand over."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TOLD = (
    *("interpreter-confirmed", "meeting-moved", "meeting-cancelled", "something-new"),
    *("taken-over", "staff-message", "handed-back"),
)
_REASONS = (
    *("asked", "missed-three", "acute", "call-me", "dead-letter", "opted-out", "wrong-number", "question"),
    *("unreachable", "undelivered"),
)
_NEW = "important-day"


def upgrade() -> None:
    _one_of("notices", "kind", *_TOLD, _NEW)
    _one_of("handovers", "reason", *_REASONS, _NEW)


def downgrade() -> None:
    _one_of("notices", "kind", *_TOLD)
    _one_of("handovers", "reason", *_REASONS)


def _one_of(table: str, column: str, *values: str) -> None:
    name, listed = op.f(f"ck_{table}_{column}"), ", ".join(map(repr, values))
    op.drop_constraint(name, table)
    op.create_check_constraint(name, table, f"{column} in ({listed})")
