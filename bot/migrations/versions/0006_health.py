"""What is watched: what was counted, whose loops go round, what is wrong now; and what those questions read by."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BY = ("municipality", "name", "channel", "provider", "language", "kind", "word")


def upgrade() -> None:
    op.create_table(
        "tallies",
        *(sa.Column(name, sa.Text(), nullable=False) for name in _BY),
        sa.Column("value", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint(*_BY, name=op.f("pk_tallies")),
    )
    op.create_table(
        "heartbeats",
        sa.Column("process", sa.Uuid(), nullable=False),
        sa.Column("loop", sa.Text(), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("process", "loop", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "troubles",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_troubles")),
    )
    op.create_index("ix_inbox_dead", "inbox", ["municipality"], postgresql_where=sa.text("state = 'dead'"))
    op.create_index("ix_outbox_sent", "outbox", ["tried_at"], postgresql_where=sa.text("state = 'sent'"))
    # Receipts are only ever added, in the order they come: a few bytes find the last quarter of an hour.
    op.create_index("ix_receipts_received_at", "receipts", ["received_at"], postgresql_using="brin")


def downgrade() -> None:
    op.drop_index("ix_receipts_received_at", "receipts")
    op.drop_index("ix_outbox_sent", "outbox")
    op.drop_index("ix_inbox_dead", "inbox")
    op.drop_table("troubles")
    op.drop_table("heartbeats")
    op.drop_table("tallies")
