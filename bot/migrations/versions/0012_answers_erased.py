"""The answers of what was sent go when the municipality's rule of retention says so; their row stays."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("runs", "body", nullable=True)
    op.create_index(
        "ix_runs_kept",
        "runs",
        ["municipality", "changed_at"],
        postgresql_where=sa.text("body is not null and state in ('accepted', 'refused', 'closed')"),
    )


def downgrade() -> None:
    op.drop_index("ix_runs_kept", "runs")
    op.execute("delete from runs where body is null")
    op.alter_column("runs", "body", nullable=False)
