"""The bot's tables: talk, not cases.

Every row carries its municipality, so that a municipality can take everything home, or have it erased, the day its
agreement ends. Columns of bytes are sealed by :mod:`bot.codec` (the digests and indexes excepted). Times named
``…_at`` on leases, tries and limits are real time; ``at``, ``start``, ``deadline``, ``received_at`` are business time.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    func,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[Any]:
    return Column("id", Uuid, primary_key=True)


def _municipality() -> Column[Any]:
    return Column("municipality", Text, nullable=False)


def _moment(name: str, **options: Any) -> Column[Any]:
    return Column(name, DateTime(timezone=True), **options)


def _now(name: str) -> Column[Any]:
    return _moment(name, nullable=False, server_default=func.now())


def _one_of(column: str, *words: str) -> CheckConstraint:
    return CheckConstraint(f"{column} in ({', '.join(repr(word) for word in words)})", name=column)


data_keys = Table(
    "data_keys",
    metadata,
    Column("municipality", Text, primary_key=True),
    Column("number", SmallInteger, primary_key=True, autoincrement=False),
    Column("wrapped", LargeBinary, nullable=False),
    _now("created_at"),
)

policies = Table(
    "policies",
    metadata,
    Column("municipality", Text, primary_key=True),
    Column("body", JSONB, nullable=False),
    _now("fetched_at"),
)

persons = Table(
    "persons",
    metadata,
    _id(),
    _municipality(),
    Column("state", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("merged_into", ForeignKey("persons.id")),
    _now("created_at"),
)

contact_points = Table(
    "contact_points",
    metadata,
    _id(),
    _municipality(),
    Column("channel", Text, nullable=False),
    Column("address", LargeBinary, nullable=False),
    Column("address_index", LargeBinary, nullable=False),
    _now("created_at"),
    UniqueConstraint("municipality", "channel", "address_index"),
    _one_of("channel", "sms", "telegram", "web", "terminal"),
)

# Who has been reached where, from when to when, and how we came to think so. A shared telephone has several at once.
contact_links = Table(
    "contact_links",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _municipality(),
    Column("contact_point", ForeignKey("contact_points.id"), nullable=False),
    Column("person", ForeignKey("persons.id"), nullable=False),
    Column("because", Text, nullable=False),
    _moment("since", nullable=False),
    _moment("until"),
    _one_of("because", "wrote", "given", "confirmed"),
    Index("uq_contact_links_current", "contact_point", "person", unique=True, postgresql_where=text("until is null")),
    Index("ix_contact_links_person", "person"),
)

threads = Table(
    "threads",
    metadata,
    _id(),
    _municipality(),
    Column("channel", Text, nullable=False),
    Column("contact_point", ForeignKey("contact_points.id"), nullable=False, unique=True),
    Column("person", ForeignKey("persons.id"), nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("last_number", Integer, nullable=False, server_default=text("0")),
    Column("handed_over", Boolean, nullable=False, server_default=false()),
    # Real time before which no entry is copied to the backend again (it did not answer, or refused).
    _moment("copy_again_at"),
    # Real time before which the provider takes nothing more for this thread: it said so.
    _moment("held_until_at"),
    # Real time up to which this chat's tokens are spent (bot.leaving.rates).
    _moment("free_at"),
    _now("changed_at"),
    Index("ix_threads_person", "person"),
    # All that is asked of them once a second: by itself ``handed_over`` would be looked for in every row all the same.
    Index(
        "ix_threads_handed_over",
        "id",
        postgresql_include=["municipality", "copy_again_at"],
        postgresql_where=text("handed_over"),
    ),
)

runs = Table(
    "runs",
    metadata,
    _id(),
    _municipality(),
    Column("person", ForeignKey("persons.id"), nullable=False),
    Column("flow", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("body", LargeBinary),  # gone when its time has come: that it was, and how it ended, is for statistics
    _now("changed_at"),
    _one_of("state", "open", "sent", "accepted", "refused", "closed"),
    Index("ix_runs_person_state", "person", "state"),
    Index(
        "ix_runs_kept",
        "municipality",
        "changed_at",
        postgresql_where=text("body is not null and state in ('accepted', 'refused', 'closed')"),
    ),
)

# A code to go on elsewhere, to let a helper in or to apply together, shown once to whoever asked for it: its digest,
# from which thread, and until when (real time). ``ended_at``: used, or followed by a newer one.
link_codes = Table(
    "link_codes",
    metadata,
    _id(),
    _municipality(),
    Column("thread", ForeignKey("threads.id"), nullable=False),
    Column("person", ForeignKey("persons.id"), nullable=False),
    Column("purpose", Text, nullable=False, server_default=text("'go-on'")),
    Column("digest", LargeBinary, nullable=False),
    _moment("expires_at", nullable=False),
    _moment("ended_at"),
    _one_of("purpose", "go-on", "help", "together"),
    Index("uq_link_codes_live", "municipality", "digest", unique=True, postgresql_where=text("ended_at is null")),
    Index("ix_link_codes_person", "person", postgresql_where=text("ended_at is null")),
)

# Codes that were written and did not fit (real time), so that nobody can go on guessing.
code_tries = Table(
    "code_tries",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _municipality(),
    Column("contact_point", ForeignKey("contact_points.id"), nullable=False),
    _now("tried_at"),
    Index("ix_code_tries_contact_point_tried_at", "contact_point", "tried_at"),
    Index("ix_code_tries_municipality_tried_at", "municipality", "tried_at"),
)

# Two persons who turned out to be one. What was moved to the one who stays is kept here, so that it can go back.
merges = Table(
    "merges",
    metadata,
    _id(),
    _municipality(),
    Column("duplicate", ForeignKey("persons.id"), nullable=False),
    Column("into", ForeignKey("persons.id"), nullable=False),
    Column("because", Text, nullable=False),
    Column("moved", JSONB, nullable=False),
    _moment("at", nullable=False),
    _moment("undone_at"),
    _one_of("because", "code", "staff"),
    Index("uq_merges_standing", "duplicate", unique=True, postgresql_where=text("undone_at is null")),
)

# Who may see a person's times and type for her, from when to when: let in by a code shown in ``thread``, writing from
# ``helper``. The name is what the helper wrote.
helpers = Table(
    "helpers",
    metadata,
    _id(),
    _municipality(),
    Column("person", ForeignKey("persons.id"), nullable=False),
    Column("thread", ForeignKey("threads.id"), nullable=False),
    Column("helper", ForeignKey("threads.id"), nullable=False),
    Column("name", LargeBinary),
    _moment("since", nullable=False),
    _moment("until", nullable=False),
    _moment("ended"),
    Index("ix_helpers_person", "person"),
    Index("uq_helpers_helping", "helper", unique=True, postgresql_where=text("ended is null")),
)

# All that helpers saw and did, for the person to read.
helper_acts = Table(
    "helper_acts",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _municipality(),
    Column("helper", ForeignKey("helpers.id"), nullable=False),
    Column("act", Text, nullable=False),
    Column("question", Text),
    _moment("at", nullable=False),
    _one_of("act", "saw", "saw-question", "answered"),
    Index("ix_helper_acts_helper", "helper"),
)

# Hashed. Kept for good where a provider's signature never expires (a recorded request may come again in ten years),
# else until ``forget_at`` (real time).
provider_ids = Table(
    "provider_ids",
    metadata,
    Column("municipality", Text, primary_key=True),
    Column("digest", LargeBinary, primary_key=True),
    _moment("forget_at"),
    Index("ix_provider_ids_forget_at", "forget_at", postgresql_where=text("forget_at is not null")),
)

inbox = Table(
    "inbox",
    metadata,
    _id(),
    Column("seq", BigInteger, Identity(always=True), nullable=False, unique=True),
    _municipality(),
    Column("thread", ForeignKey("threads.id")),
    Column("kind", Text, nullable=False),
    Column("body", LargeBinary),  # taken away when it has been dealt with: what was said stands in the entries
    Column("state", Text, nullable=False, server_default=text("'pending'")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    _now("next_try_at"),
    _moment("received_at", nullable=False),
    Column("entry", Integer),
    Column("notice", Uuid),
    Column("error", Text),  # the class of the error, never its words
    Column("release_of", Uuid),  # the dead letter that this is another try of
    _now("created_at"),
    _one_of("state", "pending", "done", "dead"),
    Index("ix_inbox_pending", "thread", "seq", postgresql_where=text("state = 'pending'")),
    Index("ix_inbox_dead", "municipality", postgresql_where=text("state = 'dead'")),
    Index("uq_inbox_notice", "municipality", "notice", unique=True, postgresql_where=text("notice is not null")),
)

entries = Table(
    "entries",
    metadata,
    Column("thread", ForeignKey("threads.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    _municipality(),
    _moment("at", nullable=False),
    Column("who", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("original", LargeBinary, nullable=False),
    Column("swedish", LargeBinary),
    Column("state", Text, nullable=False),
    Column("copied", Text),  # the state the backend has been told
    Column("person", ForeignKey("persons.id"), nullable=False),
    Column("outbox", Uuid),
    Column("staff_message", Uuid),
    Column("in_doubt", Boolean, nullable=False, server_default=false()),  # nobody knows who was there
    _moment("changed_at", nullable=False, server_default=func.clock_timestamp()),
    _one_of("who", "person", "bot", "staff", "marker"),
    Index("ix_entries_uncopied", "thread", "number", postgresql_where=text("copied is distinct from state")),
    Index("ix_entries_outbox", "outbox", postgresql_where=text("outbox is not null")),
)

OUTBOX_STATES = (
    "pending",
    "sending",
    "unknown",
    "sent",
    "delivered",
    "failed",
    "dropped",
    "given-up",
)

outbox = Table(
    "outbox",
    metadata,
    _id(),
    Column("seq", BigInteger, Identity(always=True), nullable=False, unique=True),
    _municipality(),
    Column("thread", ForeignKey("threads.id"), nullable=False),
    Column("turn", Uuid, nullable=False),
    Column("channel", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("rank", SmallInteger, nullable=False, server_default=text("0")),  # of the kind's priority: 0 goes first
    Column("message", LargeBinary, nullable=False),
    Column("text", LargeBinary),  # as it was sent; what a listing at the provider is compared with
    Column("proactive", Boolean, nullable=False),
    Column("staff", Boolean, nullable=False, server_default=false()),
    # The last word after stop or wrong number: it alone still leaves.
    Column("parting", Boolean, nullable=False, server_default=false()),
    Column("epoch", Integer, nullable=False),
    Column("state", Text, nullable=False, server_default=text("'pending'")),
    Column("reason", Text),
    _moment("at", nullable=False),
    _moment("start"),
    _moment("deadline", nullable=False),
    Column("entry", Integer),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    _now("next_try_at"),
    _moment("tried_at"),
    # Since when it may hold the later ones of its thread: put off for the first time, or tried (real time).
    _moment("holds_since"),
    Column("lease", Uuid),
    _moment("lease_until"),
    Column("provider_ref", Text),
    Column("provider_code", Text),
    # Of what certainly did not arrive: NotArrived of the contract.
    Column("why", Text),
    Column("retry_of", ForeignKey("outbox.id")),
    # The question whose buttons this message carries, while they stand there.
    Column("buttons", Text),
    # Who carries it, where a channel has several: set before the first try there, with the time (real) of that try.
    Column("provider", Text),
    _moment("handed_at"),
    _moment("delivered_at"),
    _now("created_at"),
    _one_of("state", *OUTBOX_STATES),
    # What may leave, queue by queue; and what waits for its hour, in none of them until it is woken.
    Index(
        "ix_outbox_waiting",
        "municipality",
        "channel",
        "rank",
        "next_try_at",
        "seq",
        postgresql_where=text("state = 'pending' and start is null"),
    ),
    Index("ix_outbox_asleep", "start", postgresql_where=text("state = 'pending' and start is not null")),
    Index("ix_outbox_sending", "lease_until", postgresql_where=text("state = 'sending'")),
    Index("ix_outbox_unknown", "next_try_at", postgresql_where=text("state = 'unknown'")),
    Index("ix_outbox_unsettled", "thread", "seq", postgresql_where=text("state in ('pending', 'sending', 'unknown')")),
    Index("ix_outbox_provider_ref", "provider_ref", postgresql_where=text("provider_ref is not null")),
    Index("ix_outbox_buttons", "thread", postgresql_where=text("buttons is not null")),
    Index("ix_outbox_handed_at", "municipality", "handed_at", postgresql_where=text("handed_at is not null")),
    Index("ix_outbox_sent", "tried_at", postgresql_where=text("state = 'sent'")),
)

# A provider's own trouble with one try. Counted by the minute, kept for a quarter of an hour.
provider_faults = Table(
    "provider_faults",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _municipality(),
    Column("provider", Text, nullable=False),
    _now("happened_at"),
    Index("ix_provider_faults_happened_at", "municipality", "happened_at"),
)

# The provider that traffic last moved away from. Shared by all workers.
traffic = Table(
    "traffic",
    metadata,
    Column("municipality", Text, primary_key=True),
    Column("provider_left", Text),
    _moment("moved_at"),
)

# At which provider's number a person wrote last: from there she is answered.
written_to = Table(
    "written_to",
    metadata,
    Column("municipality", Text, primary_key=True),
    Column("address_index", LargeBinary, primary_key=True),
    Column("provider", Text, nullable=False),
    _moment("written_at", nullable=False),
)

# Who looks at a provider's own list for what people wrote and we never got; until when nothing is missing.
reconciling = Table(
    "reconciling",
    metadata,
    Column("municipality", Text, primary_key=True),
    Column("provider", Text, primary_key=True),
    Column("lease", Uuid),
    _moment("lease_until"),
    _now("next_look_at"),
    _now("seen_until_at"),
    _moment("failed_since_at"),
    Column("error", Text),  # the class of the error, never its words
)

receipts = Table(
    "receipts",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _municipality(),
    Column("outbox", ForeignKey("outbox.id"), nullable=False),
    Column("provider_ref", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("code", Text, nullable=False, server_default=text("''")),
    _now("received_at"),
    UniqueConstraint("outbox", "provider_ref", "status", "code"),
    Index("ix_receipts_received_at", "received_at", postgresql_using="brin"),
)

# One row: after a restore nothing leaves until somebody has said so.
sending = Table(
    "sending",
    metadata,
    Column("one", Boolean, primary_key=True, server_default=true()),
    Column("paused", Boolean, nullable=False, server_default=false()),
    CheckConstraint("one", name="one"),
)

# A provider that told several threads at once to wait is left alone by all until then (real time).
pauses = Table(
    "pauses",
    metadata,
    Column("municipality", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    _moment("until_at", nullable=False),
)

# How fast a sender may write, and (with no municipality) all senders of a channel: see bot.leaving.rates.
buckets = Table(
    "buckets",
    metadata,
    Column("municipality", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    _moment("free_at", nullable=False),
    prefixes=["unlogged"],
)

# Segments of texts a municipality has sent on a day (business time).
spending = Table(
    "spending",
    metadata,
    Column("municipality", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("segments", Integer, nullable=False),
)

# How many rows lost what people had answered, by the municipality's rule of retention, on a day (real time).
erased = Table(
    "erased",
    metadata,
    Column("municipality", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("of", Text, primary_key=True),
    Column("rows", Integer, nullable=False),
)

# How often something was done today (business time), by what is limited, hashed; forgotten when the day is over.
counts = Table(
    "counts",
    metadata,
    Column("municipality", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("digest", LargeBinary, primary_key=True),
    Column("counted", Integer, nullable=False),
)

calls = Table(
    "calls",
    metadata,
    _id(),
    Column("seq", BigInteger, Identity(always=True), nullable=False, unique=True),
    _municipality(),
    Column("thread", ForeignKey("threads.id")),
    Column("person", Uuid),
    Column("call", Text, nullable=False),
    Column("path", JSONB, nullable=False),
    Column("body", LargeBinary),  # taken away when it is done: the backend has it
    Column("answers_to_thread", Boolean, nullable=False),
    Column("state", Text, nullable=False, server_default=text("'pending'")),
    Column("problem", Text),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    # How often the backend itself failed on it: such a call stops holding the person's later ones.
    Column("stumbles", Integer, nullable=False, server_default=text("0")),
    _now("next_try_at"),
    Column("lease", Uuid),
    _moment("lease_until"),
    Column("waiting_told", Boolean, nullable=False, server_default=false()),
    _now("created_at"),
    _moment("done_at"),
    _one_of("state", "pending", "calling", "done", "refused"),
    Index("ix_calls_open", "person", "seq", postgresql_where=text("state in ('pending', 'calling')")),
)

# What somebody sent that is a file: where it lies at the provider until it has been fetched, then the file itself,
# sealed with the municipality's public key until the backend has it. Nobody here can open it.
papers = Table(
    "papers",
    metadata,
    _id(),
    Column("seq", BigInteger, Identity(always=True), nullable=False, unique=True),
    _municipality(),
    Column("thread", ForeignKey("threads.id"), nullable=False),
    Column("person", Uuid, nullable=False),
    Column("channel", Text, nullable=False),
    Column("paper", Text),
    _moment("received_at", nullable=False),
    Column("place", LargeBinary),
    Column("jwe", Text),
    Column("state", Text, nullable=False),
    Column("receipt", JSONB),
    # Others may follow, for it is one of several that were sent together.
    Column("together", Boolean, nullable=False, server_default=false()),
    Column("told", Boolean, nullable=False, server_default=false()),
    Column("waiting_told", Boolean, nullable=False, server_default=false()),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    _moment("next_try_at", server_default=func.now()),  # null: there is nothing more to do
    Column("lease", Uuid),
    _moment("lease_until"),
    _now("created_at"),
    _moment("settled_at"),
    _one_of("state", "there", "here", "kept", "refused", "lost", "stuck", "taken-back"),
    Index("ix_papers_due", "next_try_at", postgresql_where=text("next_try_at is not null")),
    Index("ix_papers_open", "created_at", postgresql_where=text("state in ('there', 'here', 'stuck')")),
    Index("ix_papers_untold", "thread", postgresql_where=text("not told")),
)

# Where something lies at a provider that is kept elsewhere now (words sealed away, papers), until it is erased there.
erasures = Table(
    "erasures",
    metadata,
    _id(),
    _municipality(),
    Column("channel", Text, nullable=False),
    Column("place", LargeBinary, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    _moment("next_try_at", nullable=False, server_default=func.now()),
    Column("lease", Uuid),
    _moment("lease_until"),
    _now("created_at"),
    Index("ix_erasures_next_try_at", "next_try_at"),
)

timers = Table(
    "timers",
    metadata,
    _id(),
    _municipality(),
    Column("thread", ForeignKey("threads.id"), nullable=False),
    Column("timer", Text, nullable=False),
    Column("reference", Uuid),
    _moment("at", nullable=False),
    UniqueConstraint("thread", "timer", "reference", postgresql_nulls_not_distinct=True),
    Index("ix_timers_at", "at"),
)

feeds = Table(
    "feeds",
    metadata,
    Column("municipality", Text, primary_key=True),
    Column("epoch", Uuid),
    Column("position", BigInteger, nullable=False, server_default=text("0")),
    Column("lease", Uuid),
    _moment("lease_until"),
)

# Who looks after a municipality's bot at Telegram, and what stopped it.
telegram_bots = Table(
    "telegram_bots",
    metadata,
    Column("municipality", Text, primary_key=True),
    Column("lease", Uuid),
    _moment("lease_until"),
    Column("stopped", Text),
    _moment("stopped_at"),
    _one_of("stopped", "conflict", "unauthorized"),
)

# What the processes counted (:mod:`bot.watching.tally`): only names of ours, never whose it was.
tallies = Table(
    "tallies",
    metadata,
    *(
        Column(name, Text, primary_key=True)
        for name in ("municipality", "name", "channel", "provider", "language", "kind", "word")
    ),
    Column("value", Double, nullable=False),
)

# When each loop of each process last came round, as the process itself says (real time).
heartbeats = Table(
    "heartbeats",
    metadata,
    Column("process", Uuid, primary_key=True),
    Column("loop", Text, primary_key=True),
    _moment("beat_at", nullable=False),
    _moment("worked_at", nullable=False),
    Column("failures", Integer, nullable=False),
    Column("error", Text),  # the class of the error, never its words
)

# What is wrong now and has been told in the log: told once, whichever process saw it.
troubles = Table(
    "troubles",
    metadata,
    Column("name", Text, primary_key=True),
    Column("words", Text, nullable=False),
    _now("since_at"),
)
