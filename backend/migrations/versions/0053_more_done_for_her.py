"""More is done for her at her word: branch, why she did not come, a paper, a comment, her codes, a helper let go."""

from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

_BEFORE = (
    "'said-of-meeting', 'meeting', 'call', 'no-call', 'number', 'messages', 'language', 'calendar', "
    "'interpreter-wish', 'job', 'activity', 'hear'"
)
_NEW = "'branch', 'missed', 'paper', 'comment', 'not-together', 'elsewhere', 'helper', 'no-helper'"


def upgrade() -> None:
    _may_be(f"{_BEFORE}, {_NEW}")


def downgrade() -> None:
    op.execute(f"delete from done_for_her where what in ({_NEW})")  # noqa: S608  # our own words
    _may_be(_BEFORE)


def _may_be(values: str) -> None:
    op.drop_constraint(op.f("ck_done_for_her_what"), "done_for_her", type_="check")
    op.create_check_constraint(op.f("ck_done_for_her_what"), "done_for_her", f"what in ({values})")
