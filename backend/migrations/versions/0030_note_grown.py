"""What comes next after a meeting, whom she lets staff speak with, who took back the address of a calendar, and whose
time a weekly meeting takes."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("meeting_notes", sa.Column("next_step", sa.LargeBinary(), nullable=True))
    op.add_column("meeting_notes", sa.Column("next_by", sa.Text(), nullable=True))
    op.add_column("meeting_notes", sa.Column("next_on", sa.Date(), nullable=True))
    op.create_check_constraint(
        op.f("ck_meeting_notes_next_by"), "meeting_notes", "next_by in ('person', 'caseworker', 'customer-service')"
    )
    op.create_check_constraint(
        op.f("ck_meeting_notes_next_step_whole"),
        "meeting_notes",
        "num_nulls(next_step, next_by, next_on) in (0, 3)",
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case", sa.Uuid(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("note", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "authority in ('arbetsformedlingen', 'forsakringskassan', 'landlord', 'care')",
            name=op.f("ck_consents_authority"),
        ),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_consents_case_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
        sa.UniqueConstraint("note", "authority", name=op.f("uq_consents_note_authority")),
    )
    op.create_index(op.f("ix_consents_case"), "consents", ["case"])
    op.add_column("planned_weekly", sa.Column("caseworker", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_planned_weekly_caseworker",
        "planned_weekly",
        ["caseworker"],
        postgresql_where=sa.text("caseworker is not null and ended_on is null"),
    )
    op.add_column("calendar_feeds", sa.Column("revoked_by_name", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("calendar_feeds", "revoked_by_name")
    op.drop_index("ix_planned_weekly_caseworker", "planned_weekly")
    op.drop_column("planned_weekly", "caseworker")
    op.drop_table("consents")
    op.drop_constraint(op.f("ck_meeting_notes_next_step_whole"), "meeting_notes")
    op.drop_constraint(op.f("ck_meeting_notes_next_by"), "meeting_notes")
    for column in ("next_on", "next_by", "next_step"):
        op.drop_column("meeting_notes", column)
