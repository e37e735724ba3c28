"""What the case system told and was refused, so that it is known again when it is told anew under another id."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_refusals",
        sa.Column("line", sa.Uuid(), nullable=False),
        sa.Column("case", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_case_refusals_case_cases")),
        sa.PrimaryKeyConstraint("line", name=op.f("pk_case_refusals")),
    )
    op.create_index(op.f("ix_case_refusals_case"), "case_refusals", ["case"])


def downgrade() -> None:
    op.drop_table("case_refusals")
