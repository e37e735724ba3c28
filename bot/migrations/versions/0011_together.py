"""A code by which somebody says that he or she applies together with who was shown it."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f("ck_link_codes_purpose"), "link_codes")
    op.create_check_constraint(op.f("ck_link_codes_purpose"), "link_codes", "purpose in ('go-on', 'help', 'together')")


def downgrade() -> None:
    op.execute("delete from link_codes where purpose = 'together'")
    op.drop_constraint(op.f("ck_link_codes_purpose"), "link_codes")
    op.create_check_constraint(op.f("ck_link_codes_purpose"), "link_codes", "purpose in ('go-on', 'help')")
