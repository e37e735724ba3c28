"""What Telegram needs: ids that are forgotten, buttons that are taken away, waiting when told to, one who listens."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("provider_ids", sa.Column("forget_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_provider_ids_forget_at",
        "provider_ids",
        ["forget_at"],
        postgresql_where=sa.text("forget_at is not null"),
    )
    op.add_column("threads", sa.Column("held_until_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outbox", sa.Column("buttons", sa.Text(), nullable=True))
    op.create_index("ix_outbox_buttons", "outbox", ["thread"], postgresql_where=sa.text("buttons is not null"))
    op.create_table(
        "pauses",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "channel", name=op.f("pk_pauses")),
    )
    op.create_table(
        "telegram_bots",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped", sa.Text(), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("stopped in ('conflict', 'unauthorized')", name=op.f("ck_telegram_bots_stopped")),
        sa.PrimaryKeyConstraint("municipality", name=op.f("pk_telegram_bots")),
    )


def downgrade() -> None:
    op.drop_table("telegram_bots")
    op.drop_table("pauses")
    op.drop_index("ix_outbox_buttons", "outbox")
    op.drop_column("outbox", "buttons")
    op.drop_column("threads", "held_until_at")
    op.drop_index("ix_provider_ids_forget_at", "provider_ids")
    op.drop_column("provider_ids", "forget_at")
