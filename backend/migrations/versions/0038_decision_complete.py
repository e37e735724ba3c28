"""Four outcomes with their law, comments before a refusal, decisions put forward, payments, and who may sign what."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_KINDS = "kind in ('bifall', 'delavslag', 'avslag', 'avvisning')"
_ANSWERED = "answered_how in ('message', 'page', 'counter', 'telephone', 'letter')"


def upgrade() -> None:
    op.create_table(
        "comments_asked",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("case", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("notice", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_how", sa.Text(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("answer_by_name", sa.Text(), nullable=True),
        sa.Column("speaks", sa.Text(), nullable=False),
        sa.CheckConstraint("(answered_at is null) = (answered_how is null)", name=op.f("ck_comments_asked_answered")),
        sa.CheckConstraint(f"answered_how is null or {_ANSWERED}", name=op.f("ck_comments_asked_answered_how")),
        sa.CheckConstraint("speaks in ('no', 'wants', 'has')", name=op.f("ck_comments_asked_speaks")),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_comments_asked_case_cases")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_comments_asked_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments_asked")),
    )
    op.create_index(op.f("ix_comments_asked_case"), "comments_asked", ["case"])
    op.create_index(op.f("ix_comments_asked_person"), "comments_asked", ["person"])
    op.create_table(
        "decision_proposals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("case", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("filled", sa.LargeBinary(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_decision_proposals_case_cases")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_decision_proposals_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_proposals")),
    )
    op.create_index(op.f("ix_decision_proposals_case"), "decision_proposals", ["case"])
    op.create_index(op.f("ix_decision_proposals_person"), "decision_proposals", ["person"])
    op.create_table(
        "payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.Uuid(), nullable=False),
        sa.Column("kronor", sa.Integer(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("notice", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kronor > 0", name=op.f("ck_payments_kronor")),
        sa.ForeignKeyConstraint(["decision"], ["decisions.id"], name=op.f("fk_payments_decision_decisions")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_payments_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
    )
    op.create_index(op.f("ix_payments_decision"), "payments", ["decision"])
    op.create_index(op.f("ix_payments_person"), "payments", ["person"])
    op.add_column(
        "decisions",
        sa.Column(
            "law",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
            server_default=sa.text("'[]'"),
        ),
    )
    op.alter_column("decisions", "law", server_default=None)
    # What was refused before this quoted the chapter.
    op.execute("""update decisions set law = '["12 kap. socialtjänstlagen (2025:400)"]' where kind = 'avslag'""")
    op.add_column("decisions", sa.Column("comment", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_decisions_comment_comments_asked"), "decisions", "comments_asked", ["comment"], ["id"]
    )
    op.drop_constraint(op.f("ck_decisions_kind"), "decisions", type_="check")
    op.create_check_constraint(op.f("ck_decisions_kind"), "decisions", _KINDS)
    op.drop_constraint(op.f("ck_decisions_kronor_of_bifall"), "decisions", type_="check")
    op.create_check_constraint(
        op.f("ck_decisions_kronor_granted"), "decisions", "kind in ('bifall', 'delavslag') or kronor is null"
    )
    op.create_check_constraint(
        op.f("ck_decisions_kronor_of_part"), "decisions", "kind <> 'delavslag' or kronor is not null"
    )
    op.add_column(
        "staff_members", sa.Column("signs_as", sa.Text(), nullable=False, server_default=sa.text("'caseworker'"))
    )
    op.alter_column("staff_members", "signs_as", server_default=None)
    op.create_check_constraint(
        op.f("ck_staff_members_signs_as"), "staff_members", "signs_as in ('caseworker', 'lead', 'head', 'board')"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_staff_members_signs_as"), "staff_members", type_="check")
    op.drop_column("staff_members", "signs_as")
    op.drop_constraint(op.f("ck_decisions_kronor_of_part"), "decisions", type_="check")
    op.drop_constraint(op.f("ck_decisions_kronor_granted"), "decisions", type_="check")
    op.create_check_constraint(op.f("ck_decisions_kronor_of_bifall"), "decisions", "kind = 'bifall' or kronor is null")
    op.drop_constraint(op.f("ck_decisions_kind"), "decisions", type_="check")
    op.create_check_constraint(op.f("ck_decisions_kind"), "decisions", "kind in ('bifall', 'avslag')")
    op.drop_constraint(op.f("fk_decisions_comment_comments_asked"), "decisions", type_="foreignkey")
    op.drop_column("decisions", "comment")
    op.drop_column("decisions", "law")
    op.drop_table("payments")
    op.drop_table("decision_proposals")
    op.drop_table("comments_asked")
