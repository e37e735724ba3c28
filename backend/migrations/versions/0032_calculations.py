"""What a month's support comes to: each version of the calculation as a caseworker saved it."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calculations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("case", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("application", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_calculations_version")),
        sa.CheckConstraint("extract(day from month) = 1", name=op.f("ck_calculations_first_of_month")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_calculations_person_persons")),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_calculations_case_cases")),
        sa.ForeignKeyConstraint(
            ["application"], ["applications.id"], name=op.f("fk_calculations_application_applications")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calculations")),
        sa.UniqueConstraint("case", "month", "version", name=op.f("uq_calculations_case_month_version")),
    )
    op.create_index(op.f("ix_calculations_person"), "calculations", ["person"])


def downgrade() -> None:
    op.drop_table("calculations")
