"""What she may comment on before a decision is sent by post, as other letters are."""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

_BEFORE = ("decision", "calculation", "papers", "invitation")


def upgrade() -> None:
    _kinds(*_BEFORE, "comment")


def downgrade() -> None:
    _kinds(*_BEFORE)


def _kinds(*kinds: str) -> None:
    op.drop_constraint(op.f("ck_posted_letters_kind"), "posted_letters", type_="check")
    listed = ", ".join(map(repr, kinds))
    op.create_check_constraint(op.f("ck_posted_letters_kind"), "posted_letters", f"kind in ({listed})")
