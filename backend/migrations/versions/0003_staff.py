"""Who works here, and whose desk is open."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff_members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("resource", sa.Uuid(), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_staff_members"),
        sa.UniqueConstraint("name", name="uq_staff_members_name"),
        sa.UniqueConstraint("resource", name="uq_staff_members_resource"),
        sa.CheckConstraint(
            "role in ('customer-service', 'caseworker', 'interpreter-booking')", name="ck_staff_members_role"
        ),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("member", sa.Uuid(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_staff_sessions"),
        sa.ForeignKeyConstraint(
            ["member"], ["staff_members.id"], name="fk_staff_sessions_member_staff_members", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    op.drop_table("staff_sessions")
    op.drop_table("staff_members")
