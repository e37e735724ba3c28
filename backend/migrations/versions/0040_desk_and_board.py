"""Controls of a case, why decisions are late, what is copied out, a controller, and several roles of one person."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_ROLES = "'customer-service', 'caseworker', 'interpreter-booking'"
_NAMES = "'kir', 'bilreg', 'ssbtek', 'labour-market', 'basic-inquiry'"


def upgrade() -> None:
    _roles(f"{_ROLES}, 'controller'")
    op.add_column("staff_members", sa.Column("more_roles", JSONB(), nullable=False, server_default="[]"))
    op.alter_column("staff_members", "more_roles", server_default=None)
    op.add_column("staff_sessions", sa.Column("role", sa.Text(), nullable=True))
    op.create_table(
        "controls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("case", sa.Uuid(), nullable=False),
        sa.Column("application", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.Column("differences", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.CheckConstraint(f"name in ({_NAMES})", name=op.f("ck_controls_name")),
        sa.CheckConstraint("source in ('hand', 'service')", name=op.f("ck_controls_source")),
        sa.CheckConstraint("result in ('same', 'differs', 'nothing', 'not-possible')", name=op.f("ck_controls_result")),
        sa.CheckConstraint("(result = 'differs') = (differences is not null)", name=op.f("ck_controls_differences")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_controls_person_persons")),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_controls_case_cases")),
        sa.ForeignKeyConstraint(
            ["application"], ["applications.id"], name=op.f("fk_controls_application_applications")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_controls")),
    )
    op.create_index(op.f("ix_controls_person"), "controls", ["person"])
    op.create_index(op.f("ix_controls_case"), "controls", ["case"])
    op.create_table(
        "control_stands",
        sa.Column("control", sa.Uuid(), nullable=False),
        sa.Column("because", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["control"], ["controls.id"], name=op.f("fk_control_stands_control_controls")),
        sa.PrimaryKeyConstraint("control", name=op.f("pk_control_stands")),
    )
    op.create_table(
        "register_asks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("case", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("told", sa.Text(), nullable=True),
        sa.CheckConstraint(f"name in ({_NAMES})", name=op.f("ck_register_asks_name")),
        sa.CheckConstraint("state in ('pending', 'asking', 'answered', 'failed')", name=op.f("ck_register_asks_state")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_register_asks_person_persons")),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_register_asks_case_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_asks")),
    )
    op.create_index(op.f("ix_register_asks_person"), "register_asks", ["person"])
    op.create_index(op.f("ix_register_asks_case"), "register_asks", ["case"])
    op.create_index(
        "ix_register_asks_due",
        "register_asks",
        ["due_at"],
        postgresql_where=sa.text("state in ('pending', 'asking')"),
    )
    op.create_table(
        "late_decisions",
        sa.Column("promise", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "cause in ('difference', 'papers', 'not-active', 'nobody', 'taken', 'not-known')",
            name=op.f("ck_late_decisions_cause"),
        ),
        sa.ForeignKeyConstraint(
            ["promise"], ["promises.id"], name=op.f("fk_late_decisions_promise_promises"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("promise", name=op.f("pk_late_decisions")),
    )
    op.create_table(
        "copied_fields",
        sa.Column("member", sa.Uuid(), nullable=False),
        sa.Column("application", sa.Uuid(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application"], ["applications.id"], name=op.f("fk_copied_fields_application_applications")
        ),
        sa.PrimaryKeyConstraint("member", "application", "field", name=op.f("pk_copied_fields")),
    )


def downgrade() -> None:
    for table in ("copied_fields", "late_decisions", "register_asks", "control_stands", "controls"):
        op.drop_table(table)
    op.drop_column("staff_sessions", "role")
    op.drop_column("staff_members", "more_roles")
    _roles(_ROLES)


def _roles(known: str) -> None:
    # It was made with the table's name in it twice.
    op.execute("alter table staff_members drop constraint if exists ck_staff_members_ck_staff_members_role")
    op.execute("alter table staff_members drop constraint if exists ck_staff_members_role")
    op.create_check_constraint(op.f("ck_staff_members_role"), "staff_members", f"role in ({known})")
