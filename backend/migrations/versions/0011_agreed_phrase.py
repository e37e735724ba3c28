"""That a phrase was agreed with somebody (never which), that nothing is sent since she wrote it, what was held."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_BEFORE = (
    "asked",
    "missed-three",
    "acute",
    "call-me",
    "dead-letter",
    "opted-out",
    "wrong-number",
    "question",
    "unreachable",
    "undelivered",
    "important-day",
    "silent",
    "letter",
    "flood",
    "abroad",
)


def upgrade() -> None:
    op.create_table(
        "agreed_phrases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_agreed_phrases_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreed_phrases")),
    )
    op.create_index(
        "ix_agreed_phrases_live",
        "agreed_phrases",
        ["person"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_table(
        "safety_silences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("thread", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("lifted_name", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "because is null or because in ('met', 'as-agreed', 'mistake')", name=op.f("ck_safety_silences_because")
        ),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_safety_silences_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safety_silences")),
    )
    op.create_index(
        "ix_safety_silences_live",
        "safety_silences",
        ["person"],
        unique=True,
        postgresql_where=sa.text("lifted_at is null"),
    )
    op.create_table(
        "held_messages",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", JSONB(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("swedish", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_held_messages_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_messages")),
        sa.UniqueConstraint("key", name=op.f("uq_held_messages_key")),
    )
    op.create_index(op.f("ix_held_messages_person"), "held_messages", ["person"])
    _one_of(*_BEFORE, "agreed-phrase")


def downgrade() -> None:
    _one_of(*_BEFORE)
    for table in ("held_messages", "safety_silences", "agreed_phrases"):
        op.drop_table(table)


def _one_of(*reasons: str) -> None:
    listed = ", ".join(map(repr, reasons))
    op.drop_constraint(op.f("ck_handovers_reason"), "handovers")
    op.create_check_constraint(op.f("ck_handovers_reason"), "handovers", f"reason in ({listed})")
