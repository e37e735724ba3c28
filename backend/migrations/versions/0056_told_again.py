"""That it was mended how she was told is an event too: the day may be the same."""

from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _tell("told_at, told_how")


def downgrade() -> None:
    _tell("told_at")


def _tell(columns: str) -> None:
    op.execute("drop trigger tell_decision_told on decisions")
    op.execute(
        f"create constraint trigger tell_decision_told after update of {columns} on decisions"
        " deferrable initially deferred for each row execute function"
        " tell_case_system('decision.told', 'told_at', 'case told_how told_by_name appeal_by')"
    )
