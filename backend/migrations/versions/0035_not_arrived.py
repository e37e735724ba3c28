"""Why a message did not arrive, and two reasons to hand a conversation over: it certainly did not; and a telephone of
which she says that nobody else reads it any more."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
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
    "flood",
    "abroad",
    "agreed-phrase",
)
_WHY = (
    "no-such-number",
    "no-texts",
    "not-sent-there",
    "barred",
    "stopped",
    "gone",
    "out-of-reach",
    "filtered",
    "our-side",
    "too-late",
    "not-tried",
    "unknown",
)


def upgrade() -> None:
    op.add_column("thread_entries", sa.Column("why", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("ck_thread_entries_why"), "thread_entries", _one_of("why", *_WHY))
    _reasons(*_BEFORE, "lost", "not-shared")


def downgrade() -> None:
    _reasons(*_BEFORE)
    op.drop_constraint(op.f("ck_thread_entries_why"), "thread_entries")
    op.drop_column("thread_entries", "why")


def _reasons(*reasons: str) -> None:
    op.drop_constraint(op.f("ck_handovers_reason"), "handovers")
    op.create_check_constraint(op.f("ck_handovers_reason"), "handovers", _one_of("reason", *reasons))


def _one_of(column: str, *words: str) -> str:
    return f"{column} in ({', '.join(map(repr, words))})"
