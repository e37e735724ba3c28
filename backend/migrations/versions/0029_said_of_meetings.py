"""What a person says of her meeting before it is over, meetings that were missed, and calendars to subscribe to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0019"
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


def downgrade() -> None:
    for table in ("missed_meetings", "meeting_said"):
        op.drop_table(table)
