"""The days a payment had before it was moved; and why an offer to another municipality does not get there."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payment_days",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("before", sa.Date(), nullable=False),
        sa.Column("after", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["payment"], ["payments.id"], name=op.f("fk_payment_days_payment_payments")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_days")),
    )
    op.create_index(op.f("ix_payment_days_payment"), "payment_days", ["payment"])
    op.add_column("moves", sa.Column("held_up", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("ck_moves_held_up"), "moves", "held_up in ('older', 'refused')")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_moves_held_up"), "moves")
    op.drop_column("moves", "held_up")
    op.drop_table("payment_days")
