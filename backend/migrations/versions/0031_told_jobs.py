"""Jobs she has applied for, told as it happens."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "told_jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=True),
        sa.Column("job", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_told_jobs_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told_jobs")),
        sa.UniqueConstraint("key", name=op.f("uq_told_jobs_key")),
    )
    op.create_index(op.f("ix_told_jobs_job"), "told_jobs", ["job"])
    op.create_index(op.f("ix_told_jobs_person"), "told_jobs", ["person"])


def downgrade() -> None:
    op.drop_table("told_jobs")
