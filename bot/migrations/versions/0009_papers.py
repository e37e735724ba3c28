"""Papers people send: where each lies, and the file itself, sealed, until the backend has it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_STATES = "'there', 'here', 'kept', 'refused', 'lost', 'stuck', 'taken-back'"


def upgrade() -> None:
    op.create_table(
        "papers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("thread", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("paper", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.LargeBinary(), nullable=True),
        sa.Column("jwe", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("receipt", postgresql.JSONB(), nullable=True),
        sa.Column("together", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("told", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("waiting_told", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=True),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"state in ({_STATES})", name=op.f("ck_papers_state")),
        sa.ForeignKeyConstraint(["thread"], ["threads.id"], name=op.f("fk_papers_thread_threads")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_papers")),
        sa.UniqueConstraint("seq", name=op.f("uq_papers_seq")),
    )
    due = sa.text("next_try_at is not null")
    op.create_index("ix_papers_due", "papers", ["next_try_at"], postgresql_where=due)
    not_in = sa.text("state in ('there', 'here', 'stuck')")
    op.create_index("ix_papers_open", "papers", ["created_at"], postgresql_where=not_in)
    op.create_index("ix_papers_untold", "papers", ["thread"], postgresql_where=sa.text("not told"))


def downgrade() -> None:
    op.drop_table("papers")
