"""Which accounts the provider made or vouched for, and which numbers somebody else merely says are theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0012_vouched_accounts"
down_revision = "0011_key_makers"


def upgrade() -> None:
    op.add_column("accounts", sa.Column("vouched_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("accounts", sa.Column("vouched_by", sa.String(254), nullable=False, server_default=sa.text("''")))
    op.add_column("numbers", sa.Column("claimed", sa.Boolean(), nullable=False, server_default=sa.false()))
    # The provider has served the accounts that exist: they are vouched for since they were opened.
    op.execute("UPDATE accounts SET vouched_at = created_at, vouched_by = 'upgrade'")
