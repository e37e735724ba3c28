"""Decided automatically: said of the decision, and to the case system; once a month; and for whom a human decides."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

_TOLD = "case kind month kronor reasons decided_on signed_by signed_name new_meeting single_cost"


def upgrade() -> None:
    op.add_column("decisions", sa.Column("automatic", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("decisions", "automatic", server_default=None)
    op.create_check_constraint(
        op.f("ck_decisions_automatic"),
        "decisions",
        "not automatic or (kind = 'bifall' and kronor is not null and not single_cost)",
    )
    op.create_index(
        "ix_decisions_automatic", "decisions", ["case", "month"], unique=True, postgresql_where=sa.text("automatic")
    )
    op.create_table(
        "human_decides",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_human_decides_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_human_decides")),
    )
    op.create_index(op.f("ix_human_decides_person"), "human_decides", ["person"])
    op.create_index(
        "ix_human_decides_live",
        "human_decides",
        ["person"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )
    _tell(f"{_TOLD} automatic")


def _tell(facts: str) -> None:
    op.execute("drop trigger tell_decision_signed on decisions")
    op.execute(
        "create constraint trigger tell_decision_signed after insert on decisions deferrable initially deferred"
        f" for each row execute function tell_case_system('decision.signed', 'signed_at', '{facts}')"
    )


def downgrade() -> None:
    _tell(_TOLD)
    op.drop_table("human_decides")
    op.drop_index("ix_decisions_automatic", "decisions")
    op.drop_constraint(op.f("ck_decisions_automatic"), "decisions", type_="check")
    op.drop_column("decisions", "automatic")
