"""Calls from us at an hour somebody chose, the hours with their places and whose they are; and what is planned once."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_BEFORE = (
    *("branches", "workplaces", "cv", "letter", "recruiters", "interview", "guidance", "plan", "caseworker"),
    *("job-search", "open-house", "placement"),
)
_ONCE = ("planning-talk", "recruiter-interview", "recruiting")


def upgrade() -> None:
    _allow(*_BEFORE, *_ONCE)
    op.create_table(
        "call_hours",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_call_hours_starts_before_ends")),
        sa.CheckConstraint("taken between 0 and capacity", name=op.f("ck_call_hours_never_over")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_hours")),
        sa.UniqueConstraint("starts_at", name=op.f("uq_call_hours_starts_at")),
    )
    op.create_table(
        "call_times",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=True),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("hour", sa.Uuid(), nullable=False),
        sa.Column("interpreter_language", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_call_times_person_persons")),
        sa.ForeignKeyConstraint(["hour"], ["call_hours.id"], name=op.f("fk_call_times_hour_call_hours")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_times")),
        sa.UniqueConstraint("key", name=op.f("uq_call_times_key")),
    )
    op.create_index(op.f("ix_call_times_person"), "call_times", ["person"])
    op.create_index(op.f("ix_call_times_hour"), "call_times", ["hour"])


def downgrade() -> None:
    op.drop_table("call_times")
    op.drop_table("call_hours")
    _allow(*_BEFORE)


def _allow(*activities: str) -> None:
    listed = ", ".join(map(repr, activities))
    op.drop_constraint(op.f("ck_planned_groups_activity"), "planned_groups")
    op.create_check_constraint(op.f("ck_planned_groups_activity"), "planned_groups", f"activity in ({listed})")
