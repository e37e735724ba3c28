"""Codes to go on elsewhere, what was tried instead of them, and who turned out to be the same person."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "link_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("thread", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["thread"], ["threads.id"], name=op.f("fk_link_codes_thread_threads")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_link_codes_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_codes")),
    )
    live = sa.text("ended_at is null")
    op.create_index("uq_link_codes_live", "link_codes", ["municipality", "digest"], unique=True, postgresql_where=live)
    op.create_index("ix_link_codes_person", "link_codes", ["person"], postgresql_where=live)
    op.create_table(
        "code_tries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("contact_point", sa.Uuid(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_point"], ["contact_points.id"], name=op.f("fk_code_tries_contact_point_contact_points")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_tries")),
    )
    op.create_index("ix_code_tries_contact_point_tried_at", "code_tries", ["contact_point", "tried_at"])
    op.create_index("ix_code_tries_municipality_tried_at", "code_tries", ["municipality", "tried_at"])
    op.create_table(
        "merges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("duplicate", sa.Uuid(), nullable=False),
        sa.Column("into", sa.Uuid(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("moved", JSONB(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("because in ('code', 'staff')", name=op.f("ck_merges_because")),
        sa.ForeignKeyConstraint(["duplicate"], ["persons.id"], name=op.f("fk_merges_duplicate_persons")),
        sa.ForeignKeyConstraint(["into"], ["persons.id"], name=op.f("fk_merges_into_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
    )
    standing = sa.text("undone_at is null")
    op.create_index("uq_merges_standing", "merges", ["duplicate"], unique=True, postgresql_where=standing)


def downgrade() -> None:
    op.drop_table("merges")
    op.drop_table("code_tries")
    op.drop_table("link_codes")
