"""Hours lent to another municipality: taken at home, borrowed there; and absences that both have heard of."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_ONE = "ck_meeting_participants_meeting_or_allotment"


def upgrade() -> None:
    op.add_column("resources", sa.Column("home", sa.Text(), nullable=True))
    op.add_column("absences", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("absences", sa.Column("passed_on", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("absences", "passed_on", server_default=None)
    op.create_table(
        "allotments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resource", sa.Uuid(), nullable=False),
        sa.Column("lent_to", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_allotments_starts_before_ends")),
        sa.CheckConstraint(
            "state in ('given', 'copied', 'withdrawing', 'withdrawn')", name=op.f("ck_allotments_state")
        ),
        sa.ForeignKeyConstraint(["resource"], ["resources.id"], name=op.f("fk_allotments_resource_resources")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allotments")),
    )
    op.create_index(op.f("ix_allotments_resource"), "allotments", ["resource"])
    op.create_table(
        "borrowed_hours",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resource", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_borrowed_hours_starts_before_ends")),
        sa.ForeignKeyConstraint(["resource"], ["resources.id"], name=op.f("fk_borrowed_hours_resource_resources")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_borrowed_hours")),
    )
    op.create_index(op.f("ix_borrowed_hours_resource"), "borrowed_hours", ["resource"])
    op.alter_column("meeting_participants", "meeting", nullable=True)
    op.add_column("meeting_participants", sa.Column("allotment", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_meeting_participants_allotment_allotments"),
        "meeting_participants",
        "allotments",
        ["allotment"],
        ["id"],
    )
    op.create_index(op.f("ix_meeting_participants_allotment"), "meeting_participants", ["allotment"])
    op.create_check_constraint(op.f(_ONE), "meeting_participants", "num_nonnulls(meeting, allotment) = 1")


def downgrade() -> None:
    op.drop_constraint(op.f(_ONE), "meeting_participants")
    op.execute("delete from meeting_participants where meeting is null")
    op.drop_column("meeting_participants", "allotment")
    op.alter_column("meeting_participants", "meeting", nullable=False)
    op.drop_table("borrowed_hours")
    op.drop_table("allotments")
    op.execute("delete from absences where removed_at is not null")
    op.drop_column("absences", "passed_on")
    op.drop_column("absences", "removed_at")
    op.drop_column("resources", "home")
