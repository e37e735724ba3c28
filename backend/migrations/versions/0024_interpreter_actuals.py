"""What became of an ordered interpreter by the clock, as staff say, for who checks the agency's invoice."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "interpreter_actuals",
        sa.Column("order", sa.Uuid(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("kronor", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("mode in ('phone', 'video', 'on-site')", name=op.f("ck_interpreter_actuals_mode")),
        sa.CheckConstraint("minutes between 0 and 1440", name=op.f("ck_interpreter_actuals_minutes")),
        sa.CheckConstraint("kronor >= 0", name=op.f("ck_interpreter_actuals_kronor")),
        sa.ForeignKeyConstraint(
            ["order"], ["interpreter_orders.id"], name=op.f("fk_interpreter_actuals_order_interpreter_orders")
        ),
        sa.PrimaryKeyConstraint("order", name=op.f("pk_interpreter_actuals")),
    )


def downgrade() -> None:
    op.drop_table("interpreter_actuals")
