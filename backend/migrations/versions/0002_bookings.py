"""Bookings and interpreters: resources, meetings that cannot overlap, and orders to interpreters."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _resources()
    _meetings()
    _orders()


def _resources() -> None:
    op.create_table(
        "resources",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind in ('caseworker', 'place', 'line', 'interpreter')", name=op.f("ck_resources_kind")),
        sa.CheckConstraint(
            "(kind = 'line') = (mode is not null) and mode in ('phone', 'video')", name=op.f("ck_resources_mode")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resources")),
    )
    op.create_table(
        "working_hours",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resource", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.CheckConstraint("weekday between 0 and 6", name=op.f("ck_working_hours_weekday")),
        sa.CheckConstraint("starts < ends", name=op.f("ck_working_hours_starts_before_ends")),
        sa.ForeignKeyConstraint(["resource"], ["resources.id"], name=op.f("fk_working_hours_resource_resources")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_hours")),
    )
    op.create_index(op.f("ix_working_hours_resource"), "working_hours", ["resource"], unique=False)
    op.create_table(
        "absences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resource", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_absences_starts_before_ends")),
        sa.ForeignKeyConstraint(["resource"], ["resources.id"], name=op.f("fk_absences_resource_resources")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index(op.f("ix_absences_resource"), "absences", ["resource"], unique=False)
    op.create_table(
        "interpreters",
        sa.Column("resource", sa.Uuid(), nullable=False),
        sa.Column("languages", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("modes", sa.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["resource"], ["resources.id"], name=op.f("fk_interpreters_resource_resources")),
        sa.PrimaryKeyConstraint("resource", name=op.f("pk_interpreters")),
    )


def _meetings() -> None:
    op.create_table(
        "meetings",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("interpreter_language", sa.Text(), nullable=True),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaces", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "status in ('preliminary', 'booked', 'cancelled', 'held', 'no-show')", name=op.f("ck_meetings_status")
        ),
        sa.CheckConstraint("mode in ('phone', 'video', 'on-site', 'none')", name=op.f("ck_meetings_mode")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_meetings_starts_before_ends")),
        postgresql.ExcludeConstraint(
            (sa.column("person"), "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            where=sa.text("status in ('preliminary', 'booked')"),
            using="gist",
            name="ex_meetings_person_once_at_a_time",
        ),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_meetings_person_persons")),
        sa.ForeignKeyConstraint(["replaces"], ["meetings.id"], name=op.f("fk_meetings_replaces_meetings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
        sa.UniqueConstraint("key", name=op.f("uq_meetings_key")),
    )
    op.create_index(op.f("ix_meetings_person"), "meetings", ["person"], unique=False)
    op.create_index(op.f("ix_meetings_starts_at"), "meetings", ["starts_at"], unique=False)
    op.create_table(
        "meeting_participants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting", sa.Uuid(), nullable=False),
        sa.Column("resource", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_meeting_participants_starts_before_ends")),
        postgresql.ExcludeConstraint(
            (sa.column("resource"), "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            where=sa.text("not cancelled"),
            using="gist",
            name="ex_meeting_participants_one_meeting_at_a_time",
        ),
        sa.ForeignKeyConstraint(["meeting"], ["meetings.id"], name=op.f("fk_meeting_participants_meeting_meetings")),
        sa.ForeignKeyConstraint(
            ["resource"], ["resources.id"], name=op.f("fk_meeting_participants_resource_resources")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_participants")),
    )
    op.create_index(op.f("ix_meeting_participants_meeting"), "meeting_participants", ["meeting"], unique=False)
    op.create_table(
        "meeting_cancellations",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("reason in ('cannot-come', 'other')", name=op.f("ck_meeting_cancellations_reason")),
        sa.ForeignKeyConstraint(["meeting"], ["meetings.id"], name=op.f("fk_meeting_cancellations_meeting_meetings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_cancellations")),
        sa.UniqueConstraint("key", name=op.f("uq_meeting_cancellations_key")),
    )
    op.create_index(op.f("ix_meeting_cancellations_meeting"), "meeting_cancellations", ["meeting"], unique=False)


def _orders() -> None:
    op.create_table(
        "interpreter_orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("interpreter", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fee_due", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "state in ('asked', 'confirmed', 'declined', 'withdrawn')", name=op.f("ck_interpreter_orders_state")
        ),
        sa.CheckConstraint("mode in ('phone', 'video', 'on-site')", name=op.f("ck_interpreter_orders_mode")),
        sa.ForeignKeyConstraint(
            ["interpreter"], ["resources.id"], name=op.f("fk_interpreter_orders_interpreter_resources")
        ),
        sa.ForeignKeyConstraint(["meeting"], ["meetings.id"], name=op.f("fk_interpreter_orders_meeting_meetings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interpreter_orders")),
        sa.UniqueConstraint("meeting", "step", name=op.f("uq_interpreter_orders_meeting_step")),
    )
    op.create_index(op.f("ix_interpreter_orders_interpreter"), "interpreter_orders", ["interpreter"], unique=False)
    op.create_index(
        "uq_interpreter_orders_open",
        "interpreter_orders",
        ["meeting"],
        unique=True,
        postgresql_where=sa.text("state in ('asked', 'confirmed')"),
    )
