"""What a plan says: each version as it was written, with when it is followed up and when she agreed to it."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("notice", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind in ('work', 'study')", name=op.f("ck_plan_versions_kind")),
        sa.ForeignKeyConstraint(["plan"], ["plans.id"], name=op.f("fk_plan_versions_plan_plans")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_versions")),
    )
    op.create_index(op.f("ix_plan_versions_plan"), "plan_versions", ["plan"])


def downgrade() -> None:
    op.drop_table("plan_versions")
