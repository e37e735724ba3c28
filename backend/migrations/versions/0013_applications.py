"""Which kind of application it is, for which month, and what was worth knowing of it when it came."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_KINDS = "kind in ('new', 'recurring', 'supplementary')"


def upgrade() -> None:
    op.add_column("applications", sa.Column("kind", sa.Text(), nullable=False, server_default="new"))
    op.add_column("applications", sa.Column("month", sa.Date(), nullable=True))
    op.add_column("applications", sa.Column("flags", JSONB(), nullable=False, server_default="[]"))
    op.alter_column("applications", "kind", server_default=None)
    op.alter_column("applications", "flags", server_default=None)
    op.create_check_constraint(op.f("ck_applications_kind"), "applications", _KINDS)


def downgrade() -> None:
    op.drop_constraint(op.f("ck_applications_kind"), "applications")
    for column in ("flags", "month", "kind"):
        op.drop_column("applications", column)
