"""The foundation and the rooms cases, decisions, handover and notices.

There is no way back from here but a dump: what people were promised is not thrown away by a command.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    _foundation()
    _notices()
    _cases()
    _decisions()
    _handover()


def _foundation() -> None:
    op.create_table(
        "data_keys",
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_data_keys")),
    )
    op.create_table(
        "persons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first_name", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("merged_into <> id", name=op.f("ck_persons_not_into_itself")),
        sa.ForeignKeyConstraint(["merged_into"], ["persons.id"], name=op.f("fk_persons_merged_into_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
    )
    op.create_index(op.f("ix_persons_merged_into"), "persons", ["merged_into"], unique=False)
    op.create_table(
        "access_log",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("logged_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("reader_kind", sa.Text(), nullable=False),
        sa.Column("reader", sa.Uuid(), nullable=False),
        sa.Column("reader_name", sa.Text(), nullable=False),
        sa.Column("reader_role", sa.Text(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("task", sa.Uuid(), nullable=True),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("reader_kind in ('staff', 'robot', 'grant')", name=op.f("ck_access_log_reader_kind")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_access_log")),
    )
    op.create_index(op.f("ix_access_log_person"), "access_log", ["person"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=True),
        sa.Column("thread", sa.Uuid(), nullable=True),
        sa.Column("about", sa.Uuid(), nullable=True),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assigned_to", sa.Uuid(), nullable=True),
        sa.Column("assigned_name", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind in ('acute', 'answer', 'ring', 'visit', 'letter', 'time', 'decide', 'check')",
            name=op.f("ck_tasks_kind"),
        ),
        sa.CheckConstraint(
            "queue in ('customer-service', 'caseworker', 'interpreter-booking')", name=op.f("ck_tasks_queue")
        ),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_tasks_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index(op.f("ix_tasks_about"), "tasks", ["about"], unique=False)
    op.create_index(op.f("ix_tasks_assigned_to"), "tasks", ["assigned_to"], unique=False)
    op.create_index("ix_tasks_open", "tasks", ["queue", "due_at"], unique=False, postgresql_where="done_at is null")
    op.create_index(op.f("ix_tasks_person"), "tasks", ["person"], unique=False)
    op.create_table(
        "promises",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("thread", sa.Uuid(), nullable=True),
        sa.Column("about", sa.Uuid(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("by in ('open-hours', 'working-days', 'clock')", name=op.f("ck_promises_by")),
        sa.CheckConstraint(
            "what in ('first-answer', 'acute-answer', 'answer', 'call', 'decision')", name=op.f("ck_promises_what")
        ),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_promises_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promises")),
    )
    op.create_index(op.f("ix_promises_about"), "promises", ["about"], unique=False)
    op.create_index(
        "ix_promises_open",
        "promises",
        ["due_at"],
        unique=False,
        postgresql_where="kept_at is null and withdrawn_at is null",
    )
    op.create_index(op.f("ix_promises_person"), "promises", ["person"], unique=False)
    op.create_index(op.f("ix_promises_thread"), "promises", ["thread"], unique=False)


def _notices() -> None:
    op.create_table(
        "feed",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_feed_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
    )
    op.create_table(
        "notices",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "kind in ('interpreter-confirmed', 'meeting-moved', 'meeting-cancelled', 'something-new', "
            "'taken-over', 'staff-message', 'handed-back')",
            name=op.f("ck_notices_kind"),
        ),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_notices_person_persons")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_notices")),
        sa.UniqueConstraint("id", name=op.f("uq_notices_id")),
    )
    op.create_index(op.f("ix_notices_person"), "notices", ["person"], unique=False)
    op.execute("INSERT INTO feed (id, epoch, position) VALUES (1, gen_random_uuid(), 0)")


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("complete_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decide_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_cases_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    op.create_index("ix_cases_open", "cases", ["person"], unique=True, postgresql_where="closed_at is null")
    op.create_index(op.f("ix_cases_person"), "cases", ["person"], unique=False)
    op.create_table(
        "calls_for_help",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("case", sa.Uuid(), nullable=False),
        sa.Column("thread", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("channel in ('sms', 'telegram', 'web', 'terminal')", name=op.f("ck_calls_for_help_channel")),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_calls_for_help_case_cases")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_calls_for_help_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls_for_help")),
        sa.UniqueConstraint("key", name=op.f("uq_calls_for_help_key")),
    )
    op.create_index(op.f("ix_calls_for_help_case"), "calls_for_help", ["case"], unique=False)
    op.create_index(op.f("ix_calls_for_help_person"), "calls_for_help", ["person"], unique=False)
    op.create_table(
        "applications",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("case", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("corrects", sa.Uuid(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_applications_case_cases")),
        sa.ForeignKeyConstraint(["corrects"], ["applications.id"], name=op.f("fk_applications_corrects_applications")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_applications_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sa.UniqueConstraint("case", "version", name=op.f("uq_applications_case_version")),
        sa.UniqueConstraint("key", name=op.f("uq_applications_key")),
    )
    op.create_index(op.f("ix_applications_person"), "applications", ["person"], unique=False)
    op.create_table(
        "papers",
        sa.Column("case", sa.Uuid(), nullable=False),
        sa.Column("paper", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "paper in ('identity', 'rent-invoice', 'bank-statements', 'lease', 'payslip')", name=op.f("ck_papers_paper")
        ),
        sa.CheckConstraint("state in ('missing', 'seen', 'not-needed')", name=op.f("ck_papers_state")),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_papers_case_cases")),
        sa.PrimaryKeyConstraint("case", "paper", name=op.f("pk_papers")),
    )
    op.create_table(
        "contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("telephone", sa.LargeBinary(), nullable=False),
        sa.Column("telephone_index", sa.LargeBinary(), nullable=False),
        sa.Column("wrong_since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint("telephone_index", name=op.f("uq_contacts_telephone_index")),
    )
    op.create_table(
        "person_contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("contact", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=True),
        sa.Column("opted_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["contact"], ["contacts.id"], name=op.f("fk_person_contacts_contact_contacts")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_person_contacts_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_contacts")),
    )
    op.create_index(op.f("ix_person_contacts_contact"), "person_contacts", ["contact"], unique=False)
    op.create_index(
        "ix_person_contacts_live",
        "person_contacts",
        ["person", "contact"],
        unique=True,
        postgresql_where="until is null",
    )
    op.create_index(op.f("ix_person_contacts_person"), "person_contacts", ["person"], unique=False)
    op.create_table(
        "contact_reports",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("contact", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=True),
        sa.Column("wrong_number", sa.Boolean(), nullable=False),
        sa.Column("opted_out", sa.Boolean(), nullable=True),
        sa.CheckConstraint("kind in ('confirmed', 'phone')", name=op.f("ck_contact_reports_kind")),
        sa.ForeignKeyConstraint(["contact"], ["contacts.id"], name=op.f("fk_contact_reports_contact_contacts")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_contact_reports_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_reports")),
        sa.UniqueConstraint("key", name=op.f("uq_contact_reports_key")),
    )
    op.create_index(op.f("ix_contact_reports_person"), "contact_reports", ["person"], unique=False)
    op.create_table(
        "acute_needs",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("thread", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_acute_needs_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acute_needs")),
        sa.UniqueConstraint("key", name=op.f("uq_acute_needs_key")),
    )
    op.create_index(op.f("ix_acute_needs_person"), "acute_needs", ["person"], unique=False)
    op.create_table(
        "sealed_items",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("jwe", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind in ('personal-number', 'account-number', 'card-number', 'photo', 'malformed')",
            name=op.f("ck_sealed_items_kind"),
        ),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_sealed_items_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_items")),
        sa.UniqueConstraint("key", name=op.f("uq_sealed_items_key")),
    )
    op.create_index(op.f("ix_sealed_items_person"), "sealed_items", ["person"], unique=False)
    op.create_table(
        "meeting_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("case", sa.Uuid(), nullable=False),
        sa.Column("meeting", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("came", sa.Boolean(), nullable=False),
        sa.Column("identity_seen", sa.Boolean(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Text(), nullable=False),
        sa.Column("told_in_room", sa.Boolean(), nullable=False),
        sa.Column("waived", sa.Text(), nullable=True),
        sa.Column("papers", postgresql.JSONB(), nullable=False),
        sa.Column("lines", sa.LargeBinary(), nullable=False),
        sa.Column("notice", sa.Uuid(), nullable=True),
        sa.CheckConstraint("active in ('active', 'not-active', 'not-judged')", name=op.f("ck_meeting_notes_active")),
        sa.CheckConstraint(
            "waived is null or waived in ('no-show', 'illness', 'other')", name=op.f("ck_meeting_notes_waived")
        ),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_meeting_notes_case_cases")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_meeting_notes_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_notes")),
    )
    op.create_index(op.f("ix_meeting_notes_case"), "meeting_notes", ["case"], unique=False)
    op.create_index(op.f("ix_meeting_notes_notice"), "meeting_notes", ["notice"], unique=False)
    op.create_index(op.f("ix_meeting_notes_person"), "meeting_notes", ["person"], unique=False)


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("case", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("kronor", sa.Integer(), nullable=True),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.Column("own_words", sa.LargeBinary(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_by", sa.Uuid(), nullable=False),
        sa.Column("signed_name", sa.Text(), nullable=False),
        sa.Column("new_meeting", sa.Uuid(), nullable=True),
        sa.Column("notice", sa.Uuid(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_how", sa.Text(), nullable=True),
        sa.Column("told_by", sa.Uuid(), nullable=True),
        sa.Column("told_by_name", sa.Text(), nullable=True),
        sa.Column("appeal_by", sa.Date(), nullable=True),
        sa.CheckConstraint("kind = 'bifall' or kronor is null", name=op.f("ck_decisions_kronor_of_bifall")),
        sa.CheckConstraint("kind in ('bifall', 'avslag')", name=op.f("ck_decisions_kind")),
        sa.CheckConstraint(
            "told_how is null or told_how in ('call', 'counter', 'letter', 'meeting')",
            name=op.f("ck_decisions_told_how"),
        ),
        sa.CheckConstraint("(told_at is null) = (told_how is null)", name=op.f("ck_decisions_told")),
        sa.CheckConstraint("kronor is null or kronor > 0", name=op.f("ck_decisions_kronor")),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_decisions_case_cases")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_decisions_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_case"), "decisions", ["case"], unique=False)
    op.create_index(op.f("ix_decisions_notice"), "decisions", ["notice"], unique=False)
    op.create_index(op.f("ix_decisions_person"), "decisions", ["person"], unique=False)
    op.create_table(
        "hearings",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("something_new", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.CheckConstraint("how in ('call', 'counter', 'read', 'letter')", name=op.f("ck_hearings_how")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_hearings_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearings")),
        sa.UniqueConstraint("key", name=op.f("uq_hearings_key")),
    )
    op.create_index(op.f("ix_hearings_person"), "hearings", ["person"], unique=False)
    op.create_index(op.f("ix_hearings_something_new"), "hearings", ["something_new"], unique=False)
    op.create_table(
        "counter_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("selector", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("issued_name", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_counter_codes_tries")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_counter_codes_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter_codes")),
    )
    op.create_index(
        "ix_counter_codes_live", "counter_codes", ["selector"], unique=True, postgresql_where="ended_at is null"
    )
    op.create_index(op.f("ix_counter_codes_person"), "counter_codes", ["person"], unique=False)
    op.create_table(
        "read_grants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["counter_codes.id"], name=op.f("fk_read_grants_code_counter_codes")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_read_grants_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_read_grants")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_read_grants_token_digest")),
    )
    op.create_index(op.f("ix_read_grants_person"), "read_grants", ["person"], unique=False)


def _handover() -> None:
    op.create_table(
        "threads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("assigned_to", sa.Uuid(), nullable=True),
        sa.Column("assigned_name", sa.Text(), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("channel in ('sms', 'telegram', 'web', 'terminal')", name=op.f("ck_threads_channel")),
        sa.CheckConstraint("owner in ('bot', 'staff')", name=op.f("ck_threads_owner")),
        sa.CheckConstraint("wanted in ('bot', 'staff')", name=op.f("ck_threads_wanted")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_threads_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threads")),
    )
    op.create_index(op.f("ix_threads_assigned_to"), "threads", ["assigned_to"], unique=False)
    op.create_index(op.f("ix_threads_person"), "threads", ["person"], unique=False)
    op.create_table(
        "thread_entries",
        sa.Column("thread", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("original", sa.LargeBinary(), nullable=False),
        sa.Column("swedish", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("staff_message", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state in ('received', 'pending', 'sending', 'unknown', 'sent', 'delivered', 'failed', 'dropped', "
            "'given-up')",
            name=op.f("ck_thread_entries_state"),
        ),
        sa.CheckConstraint("who in ('person', 'bot', 'staff', 'marker')", name=op.f("ck_thread_entries_who")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_thread_entries_person_persons")),
        sa.ForeignKeyConstraint(["thread"], ["threads.id"], name=op.f("fk_thread_entries_thread_threads")),
        sa.PrimaryKeyConstraint("thread", "number", name=op.f("pk_thread_entries")),
    )
    op.create_index(op.f("ix_thread_entries_person"), "thread_entries", ["person"], unique=False)
    op.create_index(op.f("ix_thread_entries_staff_message"), "thread_entries", ["staff_message"], unique=False)
    op.create_table(
        "thread_ownerships",
        sa.Column("thread", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("owner in ('bot', 'staff')", name=op.f("ck_thread_ownerships_owner")),
        sa.ForeignKeyConstraint(["thread"], ["threads.id"], name=op.f("fk_thread_ownerships_thread_threads")),
        sa.PrimaryKeyConstraint("thread", "epoch", name=op.f("pk_thread_ownerships")),
    )
    op.create_table(
        "handovers",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("thread", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "reason in ('asked', 'missed-three', 'acute', 'call-me', 'dead-letter', 'opted-out', "
            "'wrong-number', 'question')",
            name=op.f("ck_handovers_reason"),
        ),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_handovers_person_persons")),
        sa.ForeignKeyConstraint(["thread"], ["threads.id"], name=op.f("fk_handovers_thread_threads")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
        sa.UniqueConstraint("key", name=op.f("uq_handovers_key")),
    )
    op.create_index(op.f("ix_handovers_person"), "handovers", ["person"], unique=False)
    op.create_index(op.f("ix_handovers_thread"), "handovers", ["thread"], unique=False)
    op.create_table(
        "staff_messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("thread", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("phrase", sa.Text(), nullable=True),
        sa.Column("fields", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("swedish", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_staff_messages_person_persons")),
        sa.ForeignKeyConstraint(["thread"], ["threads.id"], name=op.f("fk_staff_messages_thread_threads")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_messages")),
    )
    op.create_index(op.f("ix_staff_messages_thread"), "staff_messages", ["thread"], unique=False)
