"""Whoever helps a person: let in by a code, for a time, with all that was seen and done."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    purpose = sa.Column("purpose", sa.Text(), server_default=sa.text("'go-on'"), nullable=False)
    op.add_column("link_codes", purpose)
    op.create_check_constraint(op.f("ck_link_codes_purpose"), "link_codes", "purpose in ('go-on', 'help')")
    op.create_table(
        "helpers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("thread", sa.Uuid(), nullable=False),
        sa.Column("helper", sa.Uuid(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_helpers_person_persons")),
        sa.ForeignKeyConstraint(["thread"], ["threads.id"], name=op.f("fk_helpers_thread_threads")),
        sa.ForeignKeyConstraint(["helper"], ["threads.id"], name=op.f("fk_helpers_helper_threads")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helpers")),
    )
    op.create_index("ix_helpers_person", "helpers", ["person"])
    helping = sa.text("ended is null")
    op.create_index("uq_helpers_helping", "helpers", ["helper"], unique=True, postgresql_where=helping)
    op.create_table(
        "helper_acts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("helper", sa.Uuid(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("act in ('saw', 'saw-question', 'answered')", name=op.f("ck_helper_acts_act")),
        sa.ForeignKeyConstraint(["helper"], ["helpers.id"], name=op.f("fk_helper_acts_helper_helpers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helper_acts")),
    )
    op.create_index("ix_helper_acts_helper", "helper_acts", ["helper"])


def downgrade() -> None:
    op.drop_table("helper_acts")
    op.drop_table("helpers")
    op.drop_constraint(op.f("ck_link_codes_purpose"), "link_codes")
    op.drop_column("link_codes", "purpose")
