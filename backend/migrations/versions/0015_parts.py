"""Two who apply together: their parts in versions, and who attested which."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_WAITING = "complete_at is null and ended_at is null"
_SIDE = "side in ('inviter', 'partner')"


def _keyed(table: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("answer", JSONB(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("key", name=op.f(f"uq_{table}_key")),
    )


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    _keyed(
        "joint_applications",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=True),
        sa.Column("inviter", sa.Uuid(), nullable=False),
        sa.Column("partner", sa.Uuid(), nullable=True),
        _moment("invited_at"),
        sa.Column("answer_by", sa.Date(), nullable=False),
        _moment("late_at", nullable=True),
        _moment("complete_at", nullable=True),
        _moment("ended_at", nullable=True),
        sa.CheckConstraint("kind in ('new', 'recurring', 'supplementary')", name=op.f("ck_joint_applications_kind")),
        sa.CheckConstraint("partner <> inviter", name=op.f("ck_joint_applications_two_persons")),
        _refers("joint_applications", "inviter", "persons"),
        _refers("joint_applications", "partner", "persons"),
    )
    for column in ("inviter", "partner"):
        op.create_index(op.f(f"ix_joint_applications_{column}"), "joint_applications", [column])
    op.create_index(
        "ix_joint_applications_waiting", "joint_applications", ["answer_by"], postgresql_where=sa.text(_WAITING)
    )
    _keyed(
        "joint_acts",
        sa.Column("joint", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        _moment("at"),
        sa.CheckConstraint("act in ('joined', 'left')", name=op.f("ck_joint_acts_act")),
        _refers("joint_acts", "joint", "joint_applications"),
        _refers("joint_acts", "person", "persons"),
    )
    op.create_index(op.f("ix_joint_acts_joint"), "joint_acts", ["joint"])
    _keyed(
        "application_parts",
        sa.Column("joint", sa.Uuid(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _moment("received_at"),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(_SIDE, name=op.f("ck_application_parts_side")),
        _refers("application_parts", "joint", "joint_applications"),
        _refers("application_parts", "person", "persons"),
        sa.UniqueConstraint("joint", "side", "version", name=op.f("uq_application_parts_joint_side_version")),
    )
    op.create_index(op.f("ix_application_parts_person"), "application_parts", ["person"])
    _keyed(
        "part_attestations",
        sa.Column("joint", sa.Uuid(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("own_version", sa.Integer(), nullable=False),
        sa.Column("other_version", sa.Integer(), nullable=False),
        _moment("at"),
        _moment("taken_at", nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(_SIDE, name=op.f("ck_part_attestations_side")),
        _refers("part_attestations", "joint", "joint_applications"),
        _refers("part_attestations", "person", "persons"),
    )
    op.create_index(
        "ix_part_attestations_live",
        "part_attestations",
        ["joint", "side"],
        unique=True,
        postgresql_where=sa.text("taken_at is null"),
    )
    op.add_column("applications", sa.Column("joint", sa.Uuid(), nullable=True))
    op.add_column("applications", sa.Column("own_version", sa.Integer(), nullable=True))
    op.add_column("applications", sa.Column("other_version", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_applications_joint_joint_applications"), "applications", "joint_applications", ["joint"], ["id"]
    )
    op.create_index(op.f("ix_applications_joint"), "applications", ["joint"])
    _shown("answer", "told", "attestation", "sealed")


def downgrade() -> None:
    _shown("answer", "attestation", "sealed")
    op.drop_constraint(op.f("fk_applications_joint_joint_applications"), "applications")
    op.drop_index(op.f("ix_applications_joint"), "applications")
    for column in ("other_version", "own_version", "joint"):
        op.drop_column("applications", column)
    for table in ("part_attestations", "application_parts", "joint_acts", "joint_applications"):
        op.drop_table(table)


def _shown(*whats: str) -> None:
    name = op.f("ck_application_answers_what")
    op.drop_constraint(name, "application_answers")
    op.create_check_constraint(name, "application_answers", f"what in ({', '.join(map(repr, whats))})")
