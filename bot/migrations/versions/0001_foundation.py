"""The tables of the talk: threads, persons, runs, what came in, what goes out, calls, timers, feeds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contact_points",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("address_index", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("channel in ('sms', 'telegram', 'web', 'terminal')", name=op.f("ck_contact_points_channel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_points")),
        sa.UniqueConstraint(
            "municipality",
            "channel",
            "address_index",
            name=op.f("uq_contact_points_municipality_channel_address_index"),
        ),
    )
    op.create_table(
        "data_keys",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "number", name=op.f("pk_data_keys")),
    )
    op.create_table(
        "feeds",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Uuid(), nullable=True),
        sa.Column("position", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("municipality", name=op.f("pk_feeds")),
    )
    op.create_table(
        "persons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["merged_into"], ["persons.id"], name=op.f("fk_persons_merged_into_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
    )
    op.create_table(
        "policies",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("municipality", name=op.f("pk_policies")),
    )
    op.create_table(
        "provider_ids",
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("municipality", "digest", name=op.f("pk_provider_ids")),
    )
    op.create_table(
        "sending",
        sa.Column("one", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("paused", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("one", name=op.f("ck_sending_one")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_sending")),
    )
    op.create_table(
        "contact_links",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("contact_point", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("because in ('wrote', 'given', 'confirmed')", name=op.f("ck_contact_links_because")),
        sa.ForeignKeyConstraint(
            ["contact_point"], ["contact_points.id"], name=op.f("fk_contact_links_contact_point_contact_points")
        ),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_contact_links_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_links")),
    )
    op.create_index("ix_contact_links_person", "contact_links", ["person"], unique=False)
    op.create_index(
        "uq_contact_links_current",
        "contact_links",
        ["contact_point", "person"],
        unique=True,
        postgresql_where=sa.text("until is null"),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state in ('open', 'sent', 'accepted', 'refused', 'closed')", name=op.f("ck_runs_state")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_runs_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index("ix_runs_person_state", "runs", ["person", "state"], unique=False)
    op.create_table(
        "threads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("contact_point", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("last_number", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("handed_over", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("copy_again_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_point"], ["contact_points.id"], name=op.f("fk_threads_contact_point_contact_points")
        ),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_threads_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threads")),
        sa.UniqueConstraint("contact_point", name=op.f("uq_threads_contact_point")),
    )
    op.create_index("ix_threads_person", "threads", ["person"], unique=False)
    op.create_table(
        "calls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("thread", sa.Uuid(), nullable=True),
        sa.Column("person", sa.Uuid(), nullable=True),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("path", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("answers_to_thread", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("stumbles", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waiting_told", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state in ('pending', 'calling', 'done', 'refused')", name=op.f("ck_calls_state")),
        sa.ForeignKeyConstraint(["thread"], ["threads.id"], name=op.f("fk_calls_thread_threads")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sa.UniqueConstraint("seq", name=op.f("uq_calls_seq")),
    )
    op.create_index(
        "ix_calls_open",
        "calls",
        ["person", "seq"],
        unique=False,
        postgresql_where=sa.text("state in ('pending', 'calling')"),
    )
    op.create_table(
        "entries",
        sa.Column("thread", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("original", sa.LargeBinary(), nullable=False),
        sa.Column("swedish", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("copied", sa.Text(), nullable=True),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("outbox", sa.Uuid(), nullable=True),
        sa.Column("staff_message", sa.Uuid(), nullable=True),
        sa.Column(
            "changed_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("who in ('person', 'bot', 'staff', 'marker')", name=op.f("ck_entries_who")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_entries_person_persons")),
        sa.ForeignKeyConstraint(["thread"], ["threads.id"], name=op.f("fk_entries_thread_threads")),
        sa.PrimaryKeyConstraint("thread", "number", name=op.f("pk_entries")),
    )
    op.create_index(
        "ix_entries_outbox", "entries", ["outbox"], unique=False, postgresql_where=sa.text("outbox is not null")
    )
    op.create_index(
        "ix_entries_uncopied",
        "entries",
        ["thread", "number"],
        unique=False,
        postgresql_where=sa.text("copied is distinct from state"),
    )
    op.create_table(
        "inbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("thread", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=True),
        sa.Column("notice", sa.Uuid(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state in ('pending', 'done', 'dead')", name=op.f("ck_inbox_state")),
        sa.ForeignKeyConstraint(["thread"], ["threads.id"], name=op.f("fk_inbox_thread_threads")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("seq", name=op.f("uq_inbox_seq")),
    )
    op.create_index(
        "ix_inbox_pending", "inbox", ["thread", "seq"], unique=False, postgresql_where=sa.text("state = 'pending'")
    )
    op.create_index(
        "uq_inbox_notice",
        "inbox",
        ["municipality", "notice"],
        unique=True,
        postgresql_where=sa.text("notice is not null"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("thread", sa.Uuid(), nullable=False),
        sa.Column("turn", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("proactive", sa.Boolean(), nullable=False),
        sa.Column("staff", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("parting", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provider_ref", sa.Text(), nullable=True),
        sa.Column("provider_code", sa.Text(), nullable=True),
        sa.Column("retry_of", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state in ('pending', 'sending', 'unknown', 'sent', 'delivered', 'failed', 'dropped', 'given-up')",
            name=op.f("ck_outbox_state"),
        ),
        sa.ForeignKeyConstraint(["retry_of"], ["outbox.id"], name=op.f("fk_outbox_retry_of_outbox")),
        sa.ForeignKeyConstraint(["thread"], ["threads.id"], name=op.f("fk_outbox_thread_threads")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("seq", name=op.f("uq_outbox_seq")),
    )
    op.create_index(
        "ix_outbox_pending", "outbox", ["next_try_at"], unique=False, postgresql_where=sa.text("state = 'pending'")
    )
    op.create_index(
        "ix_outbox_provider_ref",
        "outbox",
        ["provider_ref"],
        unique=False,
        postgresql_where=sa.text("provider_ref is not null"),
    )
    op.create_index(
        "ix_outbox_unsettled",
        "outbox",
        ["thread", "seq"],
        unique=False,
        postgresql_where=sa.text("state in ('pending', 'sending', 'unknown')"),
    )
    op.create_table(
        "timers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("thread", sa.Uuid(), nullable=False),
        sa.Column("timer", sa.Text(), nullable=False),
        sa.Column("reference", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["thread"], ["threads.id"], name=op.f("fk_timers_thread_threads")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timers")),
        sa.UniqueConstraint(
            "thread",
            "timer",
            "reference",
            name=op.f("uq_timers_thread_timer_reference"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_timers_at", "timers", ["at"], unique=False)
    op.create_table(
        "receipts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("municipality", sa.Text(), nullable=False),
        sa.Column("outbox", sa.Uuid(), nullable=False),
        sa.Column("provider_ref", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["outbox"], ["outbox.id"], name=op.f("fk_receipts_outbox_outbox")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint(
            "outbox", "provider_ref", "status", "code", name=op.f("uq_receipts_outbox_provider_ref_status_code")
        ),
    )
    op.execute("insert into sending default values")
