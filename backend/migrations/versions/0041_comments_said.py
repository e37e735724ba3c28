"""What somebody writes on the page of what was found out, before a decision."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "comments_said",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", JSONB(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("comment", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("wants_to_speak", sa.Boolean(), nullable=False),
        sa.Column("after_decision", sa.Boolean(), nullable=False),
        sa.Column("swedish", sa.LargeBinary(), nullable=True),
        sa.Column("service", sa.Text(), nullable=True),
        sa.CheckConstraint("(swedish is null) = (service is null)", name=op.f("ck_comments_said_translated")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_comments_said_person_persons")),
        sa.ForeignKeyConstraint(
            ["comment"], ["comments_asked.id"], name=op.f("fk_comments_said_comment_comments_asked")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments_said")),
        sa.UniqueConstraint("key", name=op.f("uq_comments_said_key")),
    )
    op.create_index(op.f("ix_comments_said_person"), "comments_said", ["person"])
    op.create_index(op.f("ix_comments_said_comment"), "comments_said", ["comment"])


def downgrade() -> None:
    op.drop_table("comments_said")
