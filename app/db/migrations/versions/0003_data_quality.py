"""Number blocks, port pairs, import jobs, API keys; PAF elements, the bar of 999, the VoIP acknowledgement."""

import sqlalchemy as sa
from alembic import op

revision = "0003_data_quality"
down_revision = "0002_trail_guard"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
EMPTY, NO = sa.text("''"), sa.false()


def upgrade() -> None:
    _widen()
    op.create_table(
        "number_blocks",
        sa.Column("prefix", sa.String(11), nullable=False),
        sa.Column("series", sa.String(4), nullable=False),
        sa.Column("digits", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(60), nullable=False),
        sa.Column("holder", sa.String(200), nullable=False),
        sa.Column("allocated_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("prefix", name=op.f("pk_number_blocks")),
    )
    op.create_index("ix_number_blocks_series", "number_blocks", ["series"])
    _port_pairs()
    _import_jobs()
    _api_keys()


def _widen() -> None:
    """New columns; their defaults are for the rows that are there, the program gives its own."""
    op.add_column("accounts", sa.Column("billing_address", sa.String(400), nullable=False, server_default=EMPTY))
    op.add_column("accounts", sa.Column("billing_postcode", sa.String(8), nullable=False, server_default=EMPTY))
    op.add_column("addresses", sa.Column("paf", sa.JSON(), nullable=True))
    op.add_column("numbers", sa.Column("barred_at", MOMENT, nullable=True))
    op.add_column("numbers", sa.Column("barred_by", sa.String(254), nullable=False, server_default=EMPTY))
    op.add_column("registrations", sa.Column("voip_text_version", sa.String(20), nullable=False, server_default=EMPTY))
    op.add_column("registrations", sa.Column("voip_acknowledged_at", MOMENT, nullable=True))
    op.add_column("registrations", sa.Column("nomadic", sa.Boolean(), nullable=False, server_default=NO))


def _port_pairs() -> None:
    op.create_table(
        "port_pairs",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("number_id", BIG_ID, nullable=False),
        sa.Column("transaction_id", BIG_ID, nullable=False),
        sa.Column("direction", sa.String(6), nullable=False),
        sa.Column("other_cupid", sa.String(3), nullable=False),
        sa.Column("port_date", sa.Date(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("warning", sa.String(4), nullable=False),
        sa.Column("warned_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closed_code", sa.String(4), nullable=False),
        sa.Column("closed_why", sa.String(500), nullable=False),
        sa.ForeignKeyConstraint(["number_id"], ["numbers.id"], name=op.f("fk_port_pairs_number_id")),
        sa.ForeignKeyConstraint(["transaction_id"], ["transactions.id"], name=op.f("fk_port_pairs_transaction_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_port_pairs")),
        sa.UniqueConstraint("transaction_id", name=op.f("uq_port_pairs_transaction_id")),
    )
    op.create_index("ix_port_pairs_number_id", "port_pairs", ["number_id", "id"])
    is_open = sa.text("state = 'open'")
    op.create_index("ix_port_pairs_open", "port_pairs", ["opened_at"], postgresql_where=is_open, sqlite_where=is_open)


def _import_jobs() -> None:
    op.create_table(
        "import_jobs",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("token", sa.String(40), nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("skip_bad", sa.Boolean(), nullable=False),
        sa.Column("bytes_total", sa.BigInteger(), nullable=False),
        sa.Column("bytes_done", sa.BigInteger(), nullable=False),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("why", sa.String(500), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_import_jobs_account_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_import_jobs_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_jobs")),
        sa.UniqueConstraint("token", name=op.f("uq_import_jobs_token")),
    )
    op.create_index("ix_import_jobs_state", "import_jobs", ["state", "id"])


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("prefix", sa.String(12), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(254), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_api_keys_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_keys_digest")),
    )
    op.create_index("ix_api_keys_account_id", "api_keys", ["account_id"])
