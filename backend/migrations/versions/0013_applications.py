"""Which kind of application it is, for which month, what was worth knowing of it, and each answer as it was shown."""

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
    op.create_table(
        "application_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("what in ('answer', 'attestation', 'sealed')", name=op.f("ck_application_answers_what")),
        sa.ForeignKeyConstraint(
            ["application"], ["applications.id"], name=op.f("fk_application_answers_application_applications")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_answers")),
        sa.UniqueConstraint("application", "number", name=op.f("uq_application_answers_application_number")),
    )


def downgrade() -> None:
    op.drop_table("application_answers")
    op.drop_constraint(op.f("ck_applications_kind"), "applications")
    for column in ("flags", "month", "kind"):
        op.drop_column("applications", column)
