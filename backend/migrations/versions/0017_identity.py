"""Steps of trust, numbers of identity, e-identifications; a right to read tells by which step."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trust_steps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("about", sa.Uuid(), nullable=True),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("because", sa.Text(), nullable=True),
        sa.Column("ended_by_name", sa.Text(), nullable=False),
        sa.CheckConstraint("level between 1 and 4", name=op.f("ck_trust_steps_level")),
        sa.CheckConstraint("(ended_at is null) = (because is null)", name=op.f("ck_trust_steps_ended")),
        sa.CheckConstraint(
            "because is null or because in ('wrong-number', 'merged', 'parted', 'safety', 'silence', 'staff')",
            name=op.f("ck_trust_steps_because"),
        ),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_trust_steps_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trust_steps")),
    )
    for column in ("person", "about"):
        op.create_index(op.f(f"ix_trust_steps_{column}"), "trust_steps", [column])
    op.create_index("ix_trust_steps_live", "trust_steps", ["person"], postgresql_where=sa.text("ended_at is null"))
    op.create_table(
        "identity_numbers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("number_index", sa.LargeBinary(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind in ('personnummer', 'samordningsnummer', 'interim', 'lma', 'none')",
            name=op.f("ck_identity_numbers_kind"),
        ),
        sa.CheckConstraint("source in ('said', 'seen', 'e-identification')", name=op.f("ck_identity_numbers_source")),
        sa.CheckConstraint("(kind = 'none') = (number_index is null)", name=op.f("ck_identity_numbers_none")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_identity_numbers_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_numbers")),
    )
    for column in ("person", "number_index"):
        op.create_index(op.f(f"ix_identity_numbers_{column}"), "identity_numbers", [column])
    op.create_table(
        "e_identifications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state_digest", sa.LargeBinary(), nullable=False),
        sa.Column("browser_digest", sa.LargeBinary(), nullable=False),
        sa.Column("secrets", sa.LargeBinary(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_e_identifications_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_e_identifications")),
        sa.UniqueConstraint("state_digest", name=op.f("uq_e_identifications_state_digest")),
    )
    op.add_column("read_grants", sa.Column("identification", sa.Uuid(), nullable=True))
    op.add_column("read_grants", sa.Column("level", sa.Integer(), nullable=False, server_default="2"))
    op.alter_column("read_grants", "level", server_default=None)
    op.alter_column("read_grants", "code", nullable=True)
    op.create_foreign_key(
        op.f("fk_read_grants_identification_e_identifications"),
        "read_grants",
        "e_identifications",
        ["identification"],
        ["id"],
    )
    op.create_check_constraint(
        op.f("ck_read_grants_shown_by_one"), "read_grants", "num_nonnulls(code, identification) = 1"
    )
    _what_was_shown_before()


def downgrade() -> None:
    op.execute("delete from read_grants where code is null")
    op.drop_constraint(op.f("ck_read_grants_shown_by_one"), "read_grants")
    op.drop_column("read_grants", "identification")
    op.drop_column("read_grants", "level")
    op.alter_column("read_grants", "code", nullable=False)
    for table in ("e_identifications", "identity_numbers", "trust_steps"):
        op.drop_table(table)


def _what_was_shown_before() -> None:
    """Telephones that answered, codes that were typed, identities that were seen before there was a ladder.

    Of people two of whom were made one nothing is taken over: who of them showed it is not known any more. Nor of
    somebody who wrote the phrase that was agreed with her.
    """
    op.execute(
        "insert into trust_steps (id, person, level, about, shown_at, last_at, by_name, ended_by_name)"
        " select gen_random_uuid(), linked.person, 1, linked.contact, linked.confirmed_at, linked.confirmed_at, '', ''"
        " from person_contacts linked join contacts on contacts.id = linked.contact"
        " where linked.confirmed_at is not null and linked.until is null and contacts.wrong_since is null"
    )
    op.execute(
        "insert into trust_steps (id, person, level, shown_at, last_at, by_name, ended_by_name)"
        " select gen_random_uuid(), codes.person, 2, min(ended_at), max(ended_at), max(issued_name), ''"
        " from read_grants join counter_codes codes on codes.id = read_grants.code"
        " where codes.ended_at is not null group by codes.person"
    )
    op.execute(
        "insert into trust_steps (id, person, level, shown_at, last_at, by_name, ended_by_name)"
        " select gen_random_uuid(), person, 3, min(at), max(at), max(by_name), ''"
        " from meeting_notes where identity_seen group by person"
    )
    op.execute(
        "delete from trust_steps where exists (select from persons where persons.merged_into is not null"
        " and (persons.id = trust_steps.person or persons.merged_into = trust_steps.person))"
    )
    op.execute("delete from trust_steps where person in (select person from safety_silences where lifted_at is null)")
