"""Calls and planned times that are interpreted: ordered for as meetings are, and taking an interpreter's time too.

And calls that were taken back.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

_SEATS, _ORDERS, _STEPS = "meeting_participants", "interpreter_orders", "interpreter_steps"
_OPEN = "state in ('asked', 'confirmed')"


def upgrade() -> None:
    _taken_back()
    op.create_table(
        "interpreted",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call", sa.Uuid(), nullable=True),
        sa.Column("group", sa.Uuid(), nullable=True),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("about", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("digital", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_for_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("over_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint('num_nonnulls(call, "group") = 1', name=op.f("ck_interpreted_call_or_group")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_interpreted_starts_before_ends")),
        sa.ForeignKeyConstraint(["call"], ["call_times.id"], name=op.f("fk_interpreted_call_call_times")),
        sa.ForeignKeyConstraint(["group"], ["planned_groups.id"], name=op.f("fk_interpreted_group_planned_groups")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_interpreted_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interpreted")),
    )
    op.create_index(op.f("ix_interpreted_person"), "interpreted", ["person"])
    op.create_index(op.f("ix_interpreted_about"), "interpreted", ["about"])
    live = sa.text("over_at is null")
    op.create_index("uq_interpreted_call", "interpreted", ["call"], unique=True, postgresql_where=live)
    op.create_index("uq_interpreted_group", "interpreted", ["group"], unique=True, postgresql_where=live)
    unseen = sa.text("looked_for_at is null and over_at is null")
    op.create_index("ix_interpreted_new", "interpreted", ["starts_at"], postgresql_where=unseen)
    for table in (_SEATS, _ORDERS, _STEPS):
        op.add_column(table, sa.Column("interpreted", sa.Uuid(), nullable=True))
        name = op.f(f"fk_{table}_interpreted_interpreted")
        op.create_foreign_key(name, table, "interpreted", ["interpreted"], ["id"])
    for table in (_SEATS, _STEPS):
        op.create_index(op.f(f"ix_{table}_interpreted"), table, ["interpreted"])
    op.drop_constraint(op.f(f"ck_{_SEATS}_meeting_or_allotment"), _SEATS)
    op.create_check_constraint(
        op.f(f"ck_{_SEATS}_one_of_three"), _SEATS, "num_nonnulls(meeting, allotment, interpreted) = 1"
    )
    for table in (_ORDERS, _STEPS):
        op.alter_column(table, "meeting", nullable=True)
        name = op.f(f"ck_{table}_meeting_or_interpreted")
        op.create_check_constraint(name, table, "num_nonnulls(meeting, interpreted) = 1")
    op.create_unique_constraint(op.f(f"uq_{_ORDERS}_interpreted_step"), _ORDERS, ["interpreted", "step"])
    op.create_index(
        f"uq_{_ORDERS}_open_interpreted", _ORDERS, ["interpreted"], unique=True, postgresql_where=sa.text(_OPEN)
    )


def _taken_back() -> None:
    op.add_column("call_times", sa.Column("notice", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_call_times_notice"), "call_times", ["notice"])
    op.create_table(
        "call_cancellations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=True),
        sa.Column("call", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call"], ["call_times.id"], name=op.f("fk_call_cancellations_call_call_times")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_cancellations")),
        sa.UniqueConstraint("key", name=op.f("uq_call_cancellations_key")),
    )
    op.create_index(op.f("ix_call_cancellations_call"), "call_cancellations", ["call"])


def downgrade() -> None:
    op.drop_table("call_cancellations")
    op.drop_column("call_times", "notice")
    # What was ordered for a call or a planned time was not known before.
    ordered = "select id from interpreter_orders where meeting is null"
    for table in ("interpreter_actuals", "interpreter_sendings"):
        op.execute(f'delete from {table} where "order" in ({ordered})')  # noqa: S608  # nothing from outside in it
    for table in (_STEPS, _ORDERS):
        op.execute(f"delete from {table} where meeting is null")  # noqa: S608
    op.execute(f"delete from {_SEATS} where interpreted is not null")  # noqa: S608
    op.drop_constraint(op.f(f"ck_{_SEATS}_one_of_three"), _SEATS)
    for table in (_SEATS, _STEPS, _ORDERS):
        op.drop_column(table, "interpreted")  # with its constraints
    op.create_check_constraint(
        op.f(f"ck_{_SEATS}_meeting_or_allotment"), _SEATS, "num_nonnulls(meeting, allotment) = 1"
    )
    for table in (_ORDERS, _STEPS):
        op.alter_column(table, "meeting", nullable=False)
    op.drop_table("interpreted")
