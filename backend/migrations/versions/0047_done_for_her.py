"""What was done for a person at her word; who stopped her messages; promises in own words."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

_WHAT = (
    "what in ('said-of-meeting', 'meeting', 'call', 'no-call', 'number', 'messages', 'language', 'calendar', "
    "'interpreter-wish', 'job', 'activity', 'hear')"
)
_PROMISED = "'first-answer', 'acute-answer', 'answer', 'call', 'decision', 'meeting'"


def upgrade() -> None:
    op.create_table(
        "done_for_her",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("heard", sa.Text(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(_WHAT, name=op.f("ck_done_for_her_what")),
        sa.CheckConstraint(
            "heard in ('telephone', 'counter', 'meeting', 'letter')", name=op.f("ck_done_for_her_heard")
        ),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_done_for_her_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_done_for_her")),
        sa.UniqueConstraint("key", name=op.f("uq_done_for_her_key")),
    )
    op.create_index(op.f("ix_done_for_her_person"), "done_for_her", ["person"])
    op.add_column(
        "person_contacts", sa.Column("stopped_there", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    # Whose provider stopped it before this was noted is not known: it is taken to be all, who open it as ever.
    op.execute("update person_contacts set stopped_there = true where opted_out_at is not null")
    op.alter_column("person_contacts", "stopped_there", server_default=None)
    op.add_column("promises", sa.Column("words", sa.LargeBinary(), nullable=True))
    op.drop_constraint(op.f("ck_promises_what"), "promises")
    op.create_check_constraint(op.f("ck_promises_what"), "promises", f"what in ({_PROMISED}, 'own')")
    op.create_check_constraint(op.f("ck_promises_own_words"), "promises", "(what = 'own') = (words is not null)")


def downgrade() -> None:
    op.execute("delete from promises where what = 'own'")
    op.drop_constraint(op.f("ck_promises_own_words"), "promises")
    op.drop_constraint(op.f("ck_promises_what"), "promises")
    op.create_check_constraint(op.f("ck_promises_what"), "promises", f"what in ({_PROMISED})")
    op.drop_column("promises", "words")
    op.drop_column("person_contacts", "stopped_there")
    op.drop_table("done_for_her")
