"""Interpreter agencies: orders of theirs, what is sent to them, wishes, and every step towards an interpreter."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_STEPS = (
    "kind in ('asked', 'sent', 'not-sent', 'confirmed', 'declined', 'unanswered', 'silent', 'swapped', 'withdrawn', "
    "'cancelled', 'too-late', 'moved', 'nobody')"
)
_STATES = "state in ('asked', 'confirmed', 'declined', 'unanswered', 'withdrawn')"
_STATES_BEFORE = "state in ('asked', 'confirmed', 'declined', 'withdrawn')"


def upgrade() -> None:
    _orders()
    op.create_table(
        "interpreter_wishes",
        sa.Column("meeting", sa.Uuid(), nullable=False),
        sa.Column("dialect", sa.Text(), nullable=True),
        sa.Column("gender", sa.Text(), nullable=True),
        sa.Column("not_from", sa.Uuid(), nullable=True),
        sa.CheckConstraint("gender in ('woman', 'man')", name=op.f("ck_interpreter_wishes_gender")),
        sa.ForeignKeyConstraint(["meeting"], ["meetings.id"], name=op.f("fk_interpreter_wishes_meeting_meetings")),
        sa.ForeignKeyConstraint(["not_from"], ["meetings.id"], name=op.f("fk_interpreter_wishes_not_from_meetings")),
        sa.PrimaryKeyConstraint("meeting", name=op.f("pk_interpreter_wishes")),
    )
    op.create_table(
        "interpreter_steps",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("meeting", sa.Uuid(), nullable=False),
        sa.Column("order", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.CheckConstraint(_STEPS, name=op.f("ck_interpreter_steps_kind")),
        sa.ForeignKeyConstraint(["meeting"], ["meetings.id"], name=op.f("fk_interpreter_steps_meeting_meetings")),
        sa.ForeignKeyConstraint(
            ["order"], ["interpreter_orders.id"], name=op.f("fk_interpreter_steps_order_interpreter_orders")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_interpreter_steps")),
    )
    op.create_index(op.f("ix_interpreter_steps_meeting"), "interpreter_steps", ["meeting"])
    _sendings()


def _orders() -> None:
    orders = "interpreter_orders"
    op.alter_column(orders, "interpreter", nullable=True)
    op.add_column(orders, sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False))
    op.add_column(orders, sa.Column("agency", sa.Text(), nullable=True))
    op.add_column(orders, sa.Column("dialect", sa.Text(), nullable=True))
    op.add_column(orders, sa.Column("gender", sa.Text(), nullable=True))
    op.add_column(orders, sa.Column("not_as", sa.BigInteger(), nullable=True))
    op.add_column(orders, sa.Column("told_late_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(orders, sa.Column("kronor", sa.Integer(), nullable=True))
    op.add_column(orders, sa.Column("price_verified", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.alter_column(orders, "price_verified", server_default=None)
    for column in ("reference", "comes", "agency_said"):
        op.add_column(orders, sa.Column(column, sa.Text(), nullable=True))
    op.add_column(orders, sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint(op.f("ck_interpreter_orders_state"), orders, type_="check")
    op.create_check_constraint(op.f("ck_interpreter_orders_state"), orders, _STATES)
    op.create_check_constraint(
        op.f("ck_interpreter_orders_asked_of"), orders, "(interpreter is null) <> (agency is null)"
    )
    op.create_unique_constraint(op.f("uq_interpreter_orders_number"), orders, ["number"])
    op.create_index("ix_interpreter_orders_asked", orders, ["answer_by"], postgresql_where=sa.text("state = 'asked'"))


def _sendings() -> None:
    op.create_table(
        "interpreter_sendings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('order', 'cancel')", name=op.f("ck_interpreter_sendings_kind")),
        sa.CheckConstraint(
            "state in ('pending', 'sending', 'sent', 'failed', 'dropped')", name=op.f("ck_interpreter_sendings_state")
        ),
        sa.ForeignKeyConstraint(
            ["order"], ["interpreter_orders.id"], name=op.f("fk_interpreter_sendings_order_interpreter_orders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interpreter_sendings")),
    )
    op.create_index(op.f("ix_interpreter_sendings_order"), "interpreter_sendings", ["order"])
    op.create_index(
        "ix_interpreter_sendings_due",
        "interpreter_sendings",
        ["due_at"],
        postgresql_where=sa.text("state in ('pending', 'sending')"),
    )


def downgrade() -> None:
    orders = "interpreter_orders"
    for table in ("interpreter_sendings", "interpreter_steps", "interpreter_wishes"):
        op.drop_table(table)
    # Orders to agencies, and those nobody answered, were not known before.
    op.execute("delete from interpreter_orders where interpreter is null")
    op.execute("update interpreter_orders set state = 'withdrawn' where state = 'unanswered'")
    op.drop_index("ix_interpreter_orders_asked", orders)
    op.drop_constraint(op.f("uq_interpreter_orders_number"), orders, type_="unique")
    op.drop_constraint(op.f("ck_interpreter_orders_asked_of"), orders, type_="check")
    op.drop_constraint(op.f("ck_interpreter_orders_state"), orders, type_="check")
    op.create_check_constraint(op.f("ck_interpreter_orders_state"), orders, _STATES_BEFORE)
    added = ("agency_said", "comes", "reference", "price_verified", "kronor", "told_late_at", "not_as", "gender")
    for column in ("looked_at", *added, "dialect", "agency", "number"):
        op.drop_column(orders, column)
    op.alter_column(orders, "interpreter", nullable=False)
