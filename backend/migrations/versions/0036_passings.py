"""Tasks that rest and warn at half of their time, and what one of the staff hands over to another."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tasks", sa.Column("warn_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("tasks", sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True))
    # Of those that are open now, half by the clock on the wall: what comes from now on counts open hours.
    op.execute(
        "update tasks set warn_at = made_at + (due_at - made_at) / 2 where done_at is null"
        " and kind in ('acute', 'answer', 'ring') and reason not in ('call-time', 'by-phone')"
    )
    op.create_index("ix_tasks_open_thread", "tasks", ["thread"], postgresql_where="done_at is null")
    op.create_index("ix_tasks_done", "tasks", ["done_by", "done_at"], postgresql_where="done_at is not null")
    op.create_table(
        "passings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("to_role", sa.Text(), nullable=False),
        sa.Column("to_member", sa.Uuid(), nullable=True),
        sa.Column("route", sa.Text(), nullable=True),
        sa.Column("to_name", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_name", sa.Text(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "to_role in ('customer-service', 'caseworker', 'interpreter-booking')", name=op.f("ck_passings_to_role")
        ),
        sa.CheckConstraint("route in ('settlement', 'housing', 'branch')", name=op.f("ck_passings_route")),
        sa.CheckConstraint("why in ('theirs', 'knows', 'language', 'leaving', 'other')", name=op.f("ck_passings_why")),
        sa.CheckConstraint("state in ('offered', 'taken', 'declined', 'withdrawn')", name=op.f("ck_passings_state")),
        sa.ForeignKeyConstraint(["task"], ["tasks.id"], name=op.f("fk_passings_task_tasks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passings")),
    )
    op.create_index(op.f("ix_passings_task"), "passings", ["task"])
    op.create_index("ix_passings_offered", "passings", ["task"], unique=True, postgresql_where="state = 'offered'")


def downgrade() -> None:
    op.drop_table("passings")
    op.drop_index("ix_tasks_done", "tasks")
    op.drop_index("ix_tasks_open_thread", "tasks")
    op.drop_column("tasks", "snoozed_until")
    op.drop_column("tasks", "warn_at")
