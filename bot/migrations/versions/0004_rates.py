"""Who goes first, how fast, at what cost: queues by priority, shared buckets, what was counted and spent in a day."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_PENDING = "state = 'pending'"


def upgrade() -> None:
    op.add_column("outbox", sa.Column("rank", sa.SmallInteger(), server_default=sa.text("0"), nullable=False))
    op.execute(f"update outbox set rank = 2 where {_PENDING} and proactive")  # noqa: S608  # no values
    op.drop_index("ix_outbox_pending", "outbox")
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["municipality", "channel", "rank", "next_try_at", "seq"],
        postgresql_where=sa.text(f"{_PENDING} and start is null"),
    )
    op.create_index(
        "ix_outbox_asleep", "outbox", ["start"], postgresql_where=sa.text(f"{_PENDING} and start is not null")
    )
    op.create_index("ix_outbox_sending", "outbox", ["lease_until"], postgresql_where=sa.text("state = 'sending'"))
    op.create_index("ix_outbox_unknown", "outbox", ["next_try_at"], postgresql_where=sa.text("state = 'unknown'"))
    op.add_column("threads", sa.Column("free_at", sa.DateTime(timezone=True), nullable=True))
    # What is lost of it in a crash only means that the buckets are full again.
    op.create_table(
        "buckets",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("free_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "channel", name=op.f("pk_buckets")),
        prefixes=["unlogged"],
    )
    op.create_table(
        "spending",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "day", name=op.f("pk_spending")),
    )
    op.create_table(
        "counts",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "day", "digest", name=op.f("pk_counts")),
    )


def downgrade() -> None:
    op.drop_table("counts")
    op.drop_table("spending")
    op.drop_table("buckets")
    op.drop_column("threads", "free_at")
    for index in ("ix_outbox_unknown", "ix_outbox_sending", "ix_outbox_asleep", "ix_outbox_waiting"):
        op.drop_index(index, "outbox")
    op.create_index("ix_outbox_pending", "outbox", ["next_try_at"], postgresql_where=sa.text(_PENDING))
    op.drop_column("outbox", "rank")
