"""Documents people hand in, what could not be taken, loose objects; and what an opening in the access log was about."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("access_log", sa.Column("about", sa.Uuid(), nullable=True))
    op.create_table(
        "documents",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", JSONB(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("case", sa.Uuid(), nullable=False),
        sa.Column("application", sa.Uuid(), nullable=True),
        sa.Column("paper", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("warnings", JSONB(), nullable=False),
        sa.Column("scanned", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seal_key", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('jpeg', 'png', 'webp', 'pdf')", name=op.f("ck_documents_kind")),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_documents_person_persons")),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name=op.f("fk_documents_case_cases")),
        sa.ForeignKeyConstraint(
            ["application"], ["applications.id"], name=op.f("fk_documents_application_applications")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("key", name=op.f("uq_documents_key")),
    )
    for column in ("person", "case", "application"):
        op.create_index(op.f(f"ix_documents_{column}"), "documents", [column])
    op.create_table(
        "refused_documents",
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", JSONB(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("paper", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "why in ('too-large', 'too-many-pages', 'too-heavy', 'encrypted', 'unreadable', 'infected')",
            name=op.f("ck_refused_documents_why"),
        ),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_refused_documents_person_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_documents")),
        sa.UniqueConstraint("key", name=op.f("uq_refused_documents_key")),
    )
    op.create_index(op.f("ix_refused_documents_person"), "refused_documents", ["person"])
    op.create_table(
        "loose_objects",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("unwanted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_loose_objects")),
    )


def downgrade() -> None:
    op.drop_table("loose_objects")
    op.drop_table("refused_documents")
    op.drop_table("documents")
    op.drop_column("access_log", "about")
