"""Retention: what was erased, counted; and a way to find old translations."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erased_rows",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("logged_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("of", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("rows > 0", name=op.f("ck_erased_rows_rows")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_erased_rows")),
    )
    op.create_index(op.f("ix_erased_rows_at"), "erased_rows", ["at"])
    op.create_index(op.f("ix_machine_translations_at"), "machine_translations", ["at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_machine_translations_at"), "machine_translations")
    op.drop_table("erased_rows")
