"""What somebody does every week after the planning week; the steps of somebody newly arrived."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "planned_weekly",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("activity", sa.Text(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("at", sa.Time(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("digital", sa.Boolean(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("planned_until", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "activity in ('caseworker', 'job-search', 'open-house', 'placement')",
            name=op.f("ck_planned_weekly_activity"),
        ),
        sa.CheckConstraint("weekday between 0 and 4", name=op.f("ck_planned_weekly_weekday")),
        sa.CheckConstraint("minutes between 15 and 600", name=op.f("ck_planned_weekly_minutes")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_planned_weekly_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_weekly")),
    )
    op.create_index(
        "ix_planned_weekly_live",
        "planned_weekly",
        ["person", "activity", "weekday", "at", "place"],
        unique=True,
        postgresql_where=sa.text("ended_on is null"),
    )
    op.create_table(
        "settling_steps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.CheckConstraint("number between 1 and 11", name=op.f("ck_settling_steps_number")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_settling_steps_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settling_steps")),
        sa.UniqueConstraint("person", "number", name=op.f("uq_settling_steps_person_number")),
    )


def downgrade() -> None:
    op.drop_table("settling_steps")
    op.drop_table("planned_weekly")
