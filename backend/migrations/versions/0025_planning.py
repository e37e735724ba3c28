"""The planning week: groups with places, a person's plan and week, her places in groups, and what she says of them."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_KINDS = (
    "activity in ('branches', 'workplaces', 'cv', 'letter', 'recruiters', 'interview', 'guidance', 'plan', "
    "'caseworker', 'job-search', 'open-house', 'placement')"
)
_BRANCHES = (
    "branch in ('care', 'childcare', 'cleaning', 'construction', 'industry', 'retail', 'restaurant', 'transport', "
    "'green', 'office')"
)
_SAID = "in ('done', 'could-not', 'ill', 'help')"


def _moment(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "planned_groups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity", sa.Text(), nullable=False),
        _moment("starts_at"),
        _moment("ends_at"),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("digital", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False, server_default="0"),
        sa.CheckConstraint(_KINDS, name=op.f("ck_planned_groups_activity")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_planned_groups_starts_before_ends")),
        sa.CheckConstraint("taken between 0 and capacity", name=op.f("ck_planned_groups_never_over")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_groups")),
        sa.UniqueConstraint(
            "activity",
            "starts_at",
            "language",
            "place",
            name=op.f("uq_planned_groups_activity_starts_at_language_place"),
        ),
    )
    op.create_index(op.f("ix_planned_groups_starts_at"), "planned_groups", ["starts_at"])
    op.create_table(
        "plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("at_disposal", sa.Boolean(), nullable=False),
        sa.Column("branch", sa.Text(), nullable=True),
        _moment("branch_at", nullable=True),
        sa.Column("notice", sa.Uuid(), nullable=True),
        sa.CheckConstraint(_BRANCHES, name=op.f("ck_plans_branch")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_plans_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("person", name=op.f("uq_plans_person")),
    )
    op.create_index(op.f("ix_plans_notice"), "plans", ["notice"])
    op.create_table(
        "planning_weeks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Uuid(), nullable=False),
        _moment("begun_at"),
        sa.Column("choose_by", sa.Date(), nullable=False),
        _moment("looked_at", nullable=True),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_planning_weeks_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planning_weeks")),
        sa.UniqueConstraint("note", name=op.f("uq_planning_weeks_note")),
    )
    op.create_index(op.f("ix_planning_weeks_person"), "planning_weeks", ["person"])
    op.create_index(
        "ix_planning_weeks_unlooked", "planning_weeks", ["choose_by"], postgresql_where=sa.text("looked_at is null")
    )
    op.create_table(
        "enrolments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("week", sa.Uuid(), nullable=True),
        _moment("made_at"),
        _moment("cancelled_at", nullable=True),
        sa.Column("said", sa.Text(), nullable=True),
        _moment("said_at", nullable=True),
        sa.Column("attended", sa.Text(), nullable=True),
        _moment("attended_at", nullable=True),
        sa.Column("attended_by", sa.Text(), nullable=True),
        sa.Column("absent_because", sa.Text(), nullable=True),
        sa.Column("absent_words", sa.LargeBinary(), nullable=True),
        sa.Column("doctors_note", sa.Boolean(), nullable=False),
        sa.CheckConstraint(f"said {_SAID}", name=op.f("ck_enrolments_said")),
        sa.CheckConstraint("attended in ('came', 'absent')", name=op.f("ck_enrolments_attended")),
        sa.CheckConstraint(
            "absent_because in ('ill', 'child-ill', 'other-meeting', 'work', 'other', 'unknown')",
            name=op.f("ck_enrolments_absent_because"),
        ),
        sa.CheckConstraint(
            "absent_because is null or attended = 'absent'", name=op.f("ck_enrolments_a_reason_for_an_absence")
        ),
        sa.ForeignKeyConstraint(["group"], ["planned_groups.id"], name=op.f("fk_enrolments_group_planned_groups")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_enrolments_person_persons")),
        sa.ForeignKeyConstraint(["week"], ["planning_weeks.id"], name=op.f("fk_enrolments_week_planning_weeks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
    )
    op.create_index(op.f("ix_enrolments_person"), "enrolments", ["person"])
    op.create_index(op.f("ix_enrolments_week"), "enrolments", ["week"])
    op.create_index(
        "ix_enrolments_once",
        "enrolments",
        ["group", "person"],
        unique=True,
        postgresql_where=sa.text("cancelled_at is null"),
    )
    op.create_table(
        "planning_said",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.dialects.postgresql.JSONB(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        _moment("at"),
        sa.Column("enrolment", sa.Uuid(), nullable=True),
        sa.Column("how", sa.Text(), nullable=True),
        sa.Column("branch", sa.Text(), nullable=True),
        sa.CheckConstraint("(enrolment is null) <> (branch is null)", name=op.f("ck_planning_said_one_of_two")),
        sa.CheckConstraint(f"how {_SAID}", name=op.f("ck_planning_said_how")),
        sa.CheckConstraint(_BRANCHES, name=op.f("ck_planning_said_branch")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_planning_said_person_persons")),
        sa.ForeignKeyConstraint(["enrolment"], ["enrolments.id"], name=op.f("fk_planning_said_enrolment_enrolments")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planning_said")),
        sa.UniqueConstraint("key", name=op.f("uq_planning_said_key")),
    )
    op.create_index(op.f("ix_planning_said_enrolment"), "planning_said", ["enrolment"])


def downgrade() -> None:
    for table in ("planning_said", "enrolments", "planning_weeks", "plans", "planned_groups"):
        op.drop_table(table)
