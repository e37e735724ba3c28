"""More events for the case system: money, comments, calculations, hand-overs; and when accounts showed a token."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

# kind, table, after what, when, the column of business time ('' where there is none), what is told of the row.
_EVENTS = (
    ("payment.recorded", "payments", "insert", "", "recorded_at", "decision kronor paid_on by_name"),
    (
        "payment.changed",
        "payments",
        "update of paid_on, ended_at",
        "old.paid_on is distinct from new.paid_on or old.ended_at is distinct from new.ended_at",
        "",
        "decision kronor paid_on ended_at ended_because ended_name",
    ),
    ("calculation.made", "calculations", "insert", "", "at", "case month version by_name"),
    ("comment.asked", "comments_asked", "insert", "", "asked_at", "case until by_name"),
    (
        "comment.answered",
        "comments_asked",
        "update of answered_at, speaks",
        "old.answered_at is distinct from new.answered_at or old.speaks is distinct from new.speaks",
        "",
        "case answered_at answered_how speaks",
    ),
    ("person.moved", "moves", "update of state", "old.state <> 'taken' and new.state = 'taken'", "settled_at", "to"),
)


def upgrade() -> None:
    for kind, table, after, when, at, told in _EVENTS:
        op.execute(
            f"create constraint trigger {_name(kind)} after {after} on {table}"
            " deferrable initially deferred for each row"
            + (f" when ({when})" if when else "")
            + f" execute function tell_case_system('{kind}', '{at}', '{told}')"
        )

    op.create_table(
        "service_calls",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account", "token", name=op.f("pk_service_calls")),
    )


def downgrade() -> None:
    op.drop_table("service_calls")
    for kind, table, *_ in _EVENTS:
        op.execute(f"drop trigger {_name(kind)} on {table}")


def _name(kind: str) -> str:
    return f"tell_{kind.replace('.', '_')}"
