"""Papers that staff ask for by a day, and which of them have come."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_PAPERS = "paper in ('identity', 'rent-invoice', 'bank-statements', 'lease', 'payslip')"


def upgrade() -> None:
    op.create_table(
        "completions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("case", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("notice", sa.Uuid(), nullable=True),
        sa.Column("overdue_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue_notice", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_completions_person_persons")),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_completions_case_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_completions")),
    )
    for column in ("person", "notice", "overdue_notice"):
        op.create_index(op.f(f"ix_completions_{column}"), "completions", [column])
    op.create_index("ix_completions_open", "completions", ["due_on"], postgresql_where=sa.text("closed_at is null"))
    op.create_table(
        "completion_papers",
        sa.Column("completion", sa.Uuid(), nullable=False),
        sa.Column("paper", sa.Text(), nullable=False),
        sa.Column("own_words", sa.LargeBinary(), nullable=True),
        sa.Column("document", sa.Uuid(), nullable=True),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unreadable", sa.Boolean(), nullable=False),
        sa.CheckConstraint(_PAPERS, name=op.f("ck_completion_papers_paper")),
        sa.ForeignKeyConstraint(
            ["completion"], ["completions.id"], name=op.f("fk_completion_papers_completion_completions")
        ),
        sa.PrimaryKeyConstraint("completion", "paper", name=op.f("pk_completion_papers")),
    )


def downgrade() -> None:
    op.drop_table("completion_papers")
    op.drop_table("completions")
