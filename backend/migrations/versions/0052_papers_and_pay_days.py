"""The days a payment had before it was moved."""

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


def downgrade() -> None:
    op.drop_table("payment_days")
