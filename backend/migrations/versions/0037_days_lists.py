"""What is registered of the night, when the list of a day was printed, and what a machine translated for staff."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_registrations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_case_registrations_case_cases")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_case_registrations_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_registrations")),
        sa.UniqueConstraint("case", name=op.f("uq_case_registrations_case")),
    )
    op.create_index(op.f("ix_case_registrations_person"), "case_registrations", ["person"])
    op.execute(
        "create constraint trigger tell_case_registered after insert on case_registrations"
        " deferrable initially deferred for each row"
        " execute function tell_case_system('case.registered', 'at', 'case by_name')"
    )
    op.create_table(
        "printed_sheets",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("rows", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_printed_sheets")),
    )
    op.create_index(op.f("ix_printed_sheets_day"), "printed_sheets", ["day"])
    op.create_table(
        "machine_translations",
        sa.Column("thread", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread", "number"],
            ["thread_entries.thread", "thread_entries.number"],
            name=op.f("fk_machine_translations_thread_thread_entries"),
        ),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_machine_translations_person_persons")),
        sa.PrimaryKeyConstraint("thread", "number", name=op.f("pk_machine_translations")),
    )
    op.create_index(op.f("ix_machine_translations_person"), "machine_translations", ["person"])


def downgrade() -> None:
    op.drop_table("machine_translations")
    op.drop_table("printed_sheets")
    op.drop_table("case_registrations")
