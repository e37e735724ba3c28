"""Which persons turned out to be one, by what or whom, and who undid it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "merges",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", JSONB(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("duplicate", sa.Uuid(), nullable=False),
        sa.Column("into", sa.Uuid(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_name", sa.Text(), nullable=False),
        sa.CheckConstraint("because in ('code', 'staff')", name=op.f("ck_merges_because")),
        sa.ForeignKeyConstraint(["duplicate"], ["persons.id"], name=op.f("fk_merges_duplicate_persons")),
        sa.ForeignKeyConstraint(["into"], ["persons.id"], name=op.f("fk_merges_into_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
        sa.UniqueConstraint("key", name=op.f("uq_merges_key")),
    )
    op.create_index(op.f("ix_merges_into"), "merges", ["into"])
    op.create_index(
        "ix_merges_standing", "merges", ["duplicate"], unique=True, postgresql_where=sa.text("undone_at is null")
    )


def downgrade() -> None:
    op.drop_table("merges")
