"""Find what was said with a content without reading everything that was ever said: a look-up in a large base."""

from alembic import op

revision = "0013_values_index"
down_revision = "0012_vouched_accounts"


def upgrade() -> None:
    op.create_index("ix_registrations_values_id", "registrations", ["values_id"])
