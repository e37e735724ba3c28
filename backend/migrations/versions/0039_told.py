"""How she is told: by the page too, in a call that has an hour, of a calculation that is ready, and by post."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_BY_A_HUMAN = ("call", "counter", "letter", "meeting")


def upgrade() -> None:
    _told(*_BY_A_HUMAN, "page")
    op.add_column("call_times", sa.Column("about", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_call_times_about"), "call_times", ["about"])
    op.create_table(
        "told_calculations",
        sa.Column("version", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version"], ["calculations.id"], name=op.f("fk_told_calculations_version_calculations")
        ),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_told_calculations_person_persons")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_told_calculations")),
    )
    op.create_index(op.f("ix_told_calculations_person"), "told_calculations", ["person"])
    op.create_table(
        "posted_letters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Uuid(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind in ('decision', 'calculation', 'papers', 'invitation')", name=op.f("ck_posted_letters_kind")
        ),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_posted_letters_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posted_letters")),
    )
    op.create_index(op.f("ix_posted_letters_person"), "posted_letters", ["person"])


def downgrade() -> None:
    op.drop_table("posted_letters")
    op.drop_table("told_calculations")
    op.drop_index(op.f("ix_call_times_about"), "call_times")
    op.drop_column("call_times", "about")
    _told(*_BY_A_HUMAN)


def _told(*ways: str) -> None:
    listed = ", ".join(map(repr, ways))
    op.drop_constraint(op.f("ck_decisions_told_how"), "decisions")
    op.create_check_constraint(
        op.f("ck_decisions_told_how"), "decisions", f"told_how is null or told_how in ({listed})"
    )
