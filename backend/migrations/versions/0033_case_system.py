"""The case system: what happens in a case as events, what leaves of them, and what comes back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

# kind, table, on what, the column of business time ('' where there is none), what is told of the row.
_EVENTS: tuple[tuple[str, str, str, str, str], ...] = (
    ("call_for_help.received", "calls_for_help", "insert", "received_at", "case channel language"),
    ("person.identified", "identity_numbers", "insert", "at", "kind source by_name"),
    ("person.merged", "merges", "insert", "at", "duplicate into because by_name"),
    ("person.parted", "merges", "update of undone_at", "undone_at", "duplicate into undone_by_name"),
    (
        "application.received",
        "applications",
        "insert",
        "received_at",
        "case version kind month language corrects joint digest",
    ),
    ("completion.asked", "completions", "insert", "asked_at", "case due_on by_name"),
    ("completion.closed", "completions", "update of closed_at", "closed_at", "case due_on"),
    (
        "document.received",
        "documents",
        "insert",
        "received_at",
        "case application paper channel kind pages size",
    ),
    (
        "meeting.booked",
        "meetings",
        "insert",
        "booked_at",
        "starts_at ends_at address status mode interpreter_language replaces",
    ),
    (
        "meeting.changed",
        "meetings",
        "update of starts_at, ends_at, address, status, mode",
        "",
        "starts_at ends_at address status mode interpreter_language replaces",
    ),
    (
        "meeting.noted",
        "meeting_notes",
        "insert",
        "at",
        "case meeting came identity_seen complete active waived papers by_name",
    ),
    ("meeting.missed", "missed_meetings", "insert", "at", "meeting ours again"),
    (
        "case.changed",
        "cases",
        "update of complete_at, paused_at, decide_by, closed_at",
        "",
        "complete_at paused_at decide_by closed_at",
    ),
    (
        "decision.signed",
        "decisions",
        "insert",
        "signed_at",
        "case kind month kronor reasons decided_on signed_by signed_name new_meeting single_cost",
    ),
    ("decision.told", "decisions", "update of told_at", "told_at", "case told_how told_by_name appeal_by"),
    ("activity.planned", "enrolments", "insert", "made_at", "group week"),
    (
        "activity.attended",
        "enrolments",
        "update of attended",
        "attended_at",
        "group attended attended_by absent_because",
    ),
    ("plan.written", "plan_versions", "insert", "written_at", "plan kind review_on agreed by_name"),
)

# Deferred to the commit, and one after the other: an event that can be seen has none before it that cannot, so what
# is read after a number misses nothing, and what happens in a case leaves in the order it happened. Whatever else a
# transaction waits for, it has waited for before this lock; so nothing here points at a row others may hold.
_TELL = """
create function tell_case_system() returns trigger language plpgsql as $$
declare
  whole jsonb := to_jsonb(new);
  told jsonb := '{}';
  name text;
  whose uuid;
  made bigint;
begin
  perform pg_advisory_xact_lock(7206303);
  foreach name in array string_to_array(tg_argv[2], ' ') loop
    told := told || jsonb_build_object(name, whole -> name);
  end loop;
  whose := case tg_table_name
    when 'merges' then (whole ->> 'into')::uuid
    when 'missed_meetings' then (select person from meetings where id = (whole ->> 'meeting')::uuid)
    when 'plan_versions' then (select person from plans where id = (whole ->> 'plan')::uuid)
    else (whole ->> 'person')::uuid
  end;
  insert into case_events (id, kind, person, about, at, recorded_at, facts)
  values (
    gen_random_uuid(), tg_argv[0], whose, (whole ->> 'id')::uuid,
    coalesce((whole ->> nullif(tg_argv[1], ''))::timestamptz, clock_timestamp()), clock_timestamp(), told
  ) returning number into made;
  insert into case_sendings (event, way, state, tries, due_at)
  values (made, 'webhook', 'pending', 0, clock_timestamp()), (made, 'files', 'pending', 0, clock_timestamp());
  return null;
end $$
"""


def upgrade() -> None:
    op.create_table(
        "case_events",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("case", sa.Uuid(), nullable=True),
        sa.Column("about", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_case_events")),
        sa.UniqueConstraint("id", name=op.f("uq_case_events_id")),
    )
    op.create_index(op.f("ix_case_events_person"), "case_events", ["person"])
    op.create_index(op.f("ix_case_events_recorded_at"), "case_events", ["recorded_at"])
    op.create_table(
        "case_sendings",
        sa.Column("event", sa.BigInteger(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("way in ('webhook', 'files')", name=op.f("ck_case_sendings_way")),
        sa.CheckConstraint("state in ('pending', 'sending', 'sent', 'failed')", name=op.f("ck_case_sendings_state")),
        sa.ForeignKeyConstraint(["event"], ["case_events.number"], name=op.f("fk_case_sendings_event_case_events")),
        sa.PrimaryKeyConstraint("event", "way", name=op.f("pk_case_sendings")),
    )
    op.create_index(
        "ix_case_sendings_due",
        "case_sendings",
        ["way", "event"],
        postgresql_where=sa.text("state in ('pending', 'sending')"),
    )
    _imports()
    op.execute(_TELL)
    for kind, table, on, at, told in _EVENTS:
        event, _, columns = on.partition(" of ")
        changed = " or ".join(f'old."{one}" is distinct from new."{one}"' for one in columns.split(", ") if one)
        op.execute(
            f"create constraint trigger tell_{kind.replace('.', '_')} after {event} on {table}"
            " deferrable initially deferred for each row"
            + (f" when ({changed})" if changed else "")
            + f" execute function tell_case_system('{kind}', '{at}', '{told}')"
        )


def _imports() -> None:
    op.create_table(
        "case_imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=True),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("case", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.Uuid(), nullable=True),
        sa.Column("kronor", sa.Integer(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "kind in ('status', 'calculation', 'decision', 'payment')", name=op.f("ck_case_imports_kind")
        ),
        sa.CheckConstraint(
            "(kind in ('decision', 'payment')) = (decision is not null)", name=op.f("ck_case_imports_decision")
        ),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_case_imports_case_cases")),
        sa.ForeignKeyConstraint(["decision"], ["decisions.id"], name=op.f("fk_case_imports_decision_decisions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_imports")),
        sa.UniqueConstraint("key", name=op.f("uq_case_imports_key")),
    )
    op.create_index(op.f("ix_case_imports_case"), "case_imports", ["case"])
    op.create_index(op.f("ix_case_imports_decision"), "case_imports", ["decision"])


def downgrade() -> None:
    for kind, table, *_ in _EVENTS:
        op.execute(f"drop trigger tell_{kind.replace('.', '_')} on {table}")
    op.execute("drop function tell_case_system()")
    for table in ("case_imports", "case_sendings", "case_events"):
        op.drop_table(table)
