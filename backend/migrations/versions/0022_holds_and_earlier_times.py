"""Times held while somebody chooses, the promise of a meeting with why it cannot be kept, and earlier times offered."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_WHAT = "ck_promises_what"
_WHY = "ck_promises_why"
_BEFORE = "what in ('first-answer', 'acute-answer', 'answer', 'call', 'decision')"
_AFTER = "what in ('first-answer', 'acute-answer', 'answer', 'call', 'decision', 'meeting')"


def upgrade() -> None:
    op.create_table(
        "holds",
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("not_before", sa.Date(), nullable=True),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("starts", sa.ARRAY(sa.DateTime(timezone=True)), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_holds")),
    )
    op.drop_constraint(op.f(_WHAT), "promises")
    op.create_check_constraint(op.f(_WHAT), "promises", _AFTER)
    op.add_column("promises", sa.Column("why", sa.Text(), nullable=True))
    op.create_check_constraint(op.f(_WHY), "promises", "why in ('nobody-free', 'no-interpreter', 'moved-by-us')")
    op.create_table(
        "earlier_offers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("meeting", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint("state in ('open', 'taken', 'declined', 'gone')", name=op.f("ck_earlier_offers_state")),
        sa.ForeignKeyConstraint(["meeting"], ["meetings.id"], name=op.f("fk_earlier_offers_meeting_meetings")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_earlier_offers_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earlier_offers")),
    )
    op.create_index(op.f("ix_earlier_offers_person"), "earlier_offers", ["person"])
    op.create_index(
        "uq_earlier_offers_open",
        "earlier_offers",
        ["person"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "earlier_answers",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("offer", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accept", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["offer"], ["earlier_offers.id"], name=op.f("fk_earlier_answers_offer_earlier_offers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earlier_answers")),
        sa.UniqueConstraint("key", name=op.f("uq_earlier_answers_key")),
    )
    op.create_index(op.f("ix_earlier_answers_offer"), "earlier_answers", ["offer"])


def downgrade() -> None:
    op.drop_table("earlier_answers")
    op.drop_table("earlier_offers")
    op.execute("delete from promises where what = 'meeting'")
    op.drop_constraint(op.f(_WHY), "promises")
    op.drop_column("promises", "why")
    op.drop_constraint(op.f(_WHAT), "promises")
    op.create_check_constraint(op.f(_WHAT), "promises", _BEFORE)
    op.drop_table("holds")
