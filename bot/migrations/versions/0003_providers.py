"""What several SMS providers need: who carried a message, where traffic goes and why, what was lost on its way."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("provider", sa.Text(), nullable=True))
    op.add_column("outbox", sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outbox", sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_outbox_handed_at",
        "outbox",
        ["municipality", "handed_at"],
        postgresql_where=sa.text("handed_at is not null"),
    )
    op.create_table(
        "provider_faults",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_faults")),
    )
    op.create_index("ix_provider_faults_happened_at", "provider_faults", ["municipality", "happened_at"])
    op.create_table(
        "traffic",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("provider_left", sa.Text(), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("municipality", name=op.f("pk_traffic")),
    )
    op.create_table(
        "written_to",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("address_index", sa.LargeBinary(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "address_index", name=op.f("pk_written_to")),
    )
    op.create_table(
        "reconciling",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_look_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_until_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("failed_since_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("municipality", "provider", name=op.f("pk_reconciling")),
    )


def downgrade() -> None:
    op.drop_table("reconciling")
    op.drop_table("written_to")
    op.drop_table("traffic")
    op.drop_table("provider_faults")
    op.drop_index("ix_outbox_handed_at", "outbox")
    op.drop_column("outbox", "delivered_at")
    op.drop_column("outbox", "handed_at")
    op.drop_column("outbox", "provider")
