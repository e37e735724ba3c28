"""Who is handed over to another municipality, and who is offered from another."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "moves",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("by_role", sa.Text(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("copied", sa.LargeBinary(), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_name", sa.Text(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("consent in ('asked', 'oral')", name=op.f("ck_moves_consent")),
        sa.CheckConstraint(
            "state in ('asking', 'offered', 'taken', 'returned', 'withdrawn', 'refused')", name=op.f("ck_moves_state")
        ),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_moves_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moves")),
    )
    op.create_index(op.f("ix_moves_person"), "moves", ["person"])
    op.create_index(
        "ix_moves_open", "moves", ["person"], unique=True, postgresql_where=sa.text("state in ('asking', 'offered')")
    )
    op.create_table(
        "arrivals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("home", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("offer", sa.LargeBinary(), nullable=True),
        sa.Column("task", sa.Uuid(), nullable=True),
        sa.Column("person", sa.Uuid(), nullable=True),
        sa.Column("not_yet", sa.Boolean(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "state in ('offered', 'taking', 'taken', 'returning', 'returned', 'withdrawn')",
            name=op.f("ck_arrivals_state"),
        ),
        sa.ForeignKeyConstraint(["task"], ["tasks.id"], name=op.f("fk_arrivals_task_tasks")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_arrivals_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrivals")),
    )
    op.create_index(op.f("ix_arrivals_task"), "arrivals", ["task"])
    op.create_index(op.f("ix_arrivals_person"), "arrivals", ["person"])


def downgrade() -> None:
    op.drop_table("arrivals")
    op.drop_table("moves")
