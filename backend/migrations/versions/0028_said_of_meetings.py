"""What a person says of her meeting before it is over, meetings that were missed, and calendars to subscribe to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meeting_said",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=True),
        sa.Column("meeting", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.CheckConstraint("says in ('late', 'ill', 'by-phone')", name=op.f("ck_meeting_said_says")),
        sa.CheckConstraint("minutes between 1 and 240", name=op.f("ck_meeting_said_minutes")),
        sa.ForeignKeyConstraint(["meeting"], ["meetings.id"], name=op.f("fk_meeting_said_meeting_meetings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_said")),
        sa.UniqueConstraint("key", name=op.f("uq_meeting_said_key")),
    )
    op.create_index(op.f("ix_meeting_said_meeting"), "meeting_said", ["meeting"])
    op.create_table(
        "missed_meetings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ours", sa.Boolean(), nullable=False),
        sa.Column("again", sa.Uuid(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("why_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "why is null or why in ('ill', 'forgot', 'interpreter', 'other')", name=op.f("ck_missed_meetings_why")
        ),
        sa.ForeignKeyConstraint(["meeting"], ["meetings.id"], name=op.f("fk_missed_meetings_meeting_meetings")),
        sa.ForeignKeyConstraint(["again"], ["meetings.id"], name=op.f("fk_missed_meetings_again_meetings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_missed_meetings")),
        sa.UniqueConstraint("meeting", name=op.f("uq_missed_meetings_meeting")),
    )
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resource", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["resource"], ["resources.id"], name=op.f("fk_calendar_feeds_resource_resources")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_calendar_feeds_token_digest")),
    )
    op.create_index(
        "ux_calendar_feeds_one_at_a_time",
        "calendar_feeds",
        ["resource"],
        unique=True,
        postgresql_where=sa.text("revoked_at is null"),
    )
    op.add_column("meetings", sa.Column("sequence", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("meetings", "sequence", server_default=None)
    op.execute(
        "create function meeting_changed() returns trigger language plpgsql as"
        " $$ begin new.sequence := old.sequence + 1; return new; end $$"
    )
    op.execute(
        "create trigger meetings_sequence before update on meetings for each row"
        " when ((old.starts_at, old.ends_at, old.address, old.status)"
        " is distinct from (new.starts_at, new.ends_at, new.address, new.status))"
        " execute function meeting_changed()"
    )


def downgrade() -> None:
    op.execute("drop trigger meetings_sequence on meetings")
    op.execute("drop function meeting_changed()")
    op.drop_column("meetings", "sequence")
    for table in ("calendar_feeds", "missed_meetings", "meeting_said"):
        op.drop_table(table)
