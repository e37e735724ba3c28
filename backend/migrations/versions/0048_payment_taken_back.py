"""A payment is taken back: by whom, why, and what told her."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payments", sa.Column("ended_by", sa.Uuid(), nullable=True))
    op.add_column("payments", sa.Column("ended_name", sa.Text(), nullable=True))
    op.add_column("payments", sa.Column("ended_because", sa.Text(), nullable=True))
    op.add_column("payments", sa.Column("ended_notice", sa.Uuid(), nullable=True))
    op.create_check_constraint(
        op.f("ck_payments_ended_because"), "payments", "ended_because in ('mistake', 'stopped', 'replaced')"
    )
    op.create_index(op.f("ix_payments_ended_notice"), "payments", ["ended_notice"])


def downgrade() -> None:
    op.drop_index(op.f("ix_payments_ended_notice"), "payments")
    op.drop_constraint(op.f("ck_payments_ended_because"), "payments")
    for column in ("ended_notice", "ended_because", "ended_name", "ended_by"):
        op.drop_column("payments", column)
