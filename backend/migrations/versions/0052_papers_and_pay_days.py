"""The days a payment had before it was moved; why an offer to another municipality waits; papers that go along."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
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
    op.add_column("documents", sa.Column("home", sa.Text(), nullable=True))
    op.add_column("documents", sa.Column("handed_in_on", sa.Date(), nullable=True))
    op.create_table(
        "moved_papers",
        sa.Column("move", sa.Uuid(), nullable=False),
        sa.Column("document", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.CheckConstraint("state in ('goes', 'carried', 'refused', 'gone')", name=op.f("ck_moved_papers_state")),
        sa.ForeignKeyConstraint(["move"], ["moves.id"], name=op.f("fk_moved_papers_move_moves")),
        sa.ForeignKeyConstraint(["document"], ["documents.id"], name=op.f("fk_moved_papers_document_documents")),
        sa.PrimaryKeyConstraint("move", "document", name=op.f("pk_moved_papers")),
    )


def downgrade() -> None:
    op.drop_table("moved_papers")
    op.drop_column("documents", "handed_in_on")
    op.drop_column("documents", "home")
    op.drop_constraint(op.f("ck_moves_held_up"), "moves")
    op.drop_column("moves", "held_up")
    op.drop_table("payment_days")
