"""Local accounts of staff, the tries to sign in to them, and the way by the municipality's own provider."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff_accounts",
        sa.Column("member", sa.Uuid(), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("password", sa.LargeBinary(), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("enrolment", sa.LargeBinary(), nullable=True),
        sa.Column("enrolment_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["member"], ["staff_members.id"], name=op.f("fk_staff_accounts_member_staff_members"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member", name=op.f("pk_staff_accounts")),
        sa.UniqueConstraint("user_name", name=op.f("uq_staff_accounts_user_name")),
        sa.UniqueConstraint("enrolment", name=op.f("uq_staff_accounts_enrolment")),
    )
    op.create_table(
        "staff_attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_attempts")),
    )
    op.create_index("ix_staff_attempts_at", "staff_attempts", ["at"])
    op.add_column("staff_members", sa.Column("subject", sa.LargeBinary(), nullable=True))
    op.create_unique_constraint(op.f("uq_staff_members_subject"), "staff_members", ["subject"])
    op.create_table(
        "staff_sign_ins",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state_digest", sa.LargeBinary(), nullable=False),
        sa.Column("browser_digest", sa.LargeBinary(), nullable=False),
        sa.Column("secrets", sa.LargeBinary(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_sign_ins")),
        sa.UniqueConstraint("state_digest", name=op.f("uq_staff_sign_ins_state_digest")),
    )


def downgrade() -> None:
    op.drop_table("staff_sign_ins")
    op.drop_column("staff_members", "subject")
    op.drop_table("staff_attempts")
    op.drop_table("staff_accounts")
