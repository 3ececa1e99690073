"""Account data of sign-up; people's roles in an account; links, mails, sessions, second factors, access log."""

import sqlalchemy as sa
from alembic import op

revision = "0005_people"
down_revision = "0004_delivery"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
EMPTY = sa.text("''")
PARTICULARS = {"contact_name": 100, "email": 254, "landline": 16, "mobile": 16, "company_number": 8, "vat_number": 14}


def upgrade() -> None:
    for name, length in PARTICULARS.items():
        op.add_column("accounts", sa.Column(name, sa.String(length), nullable=False, server_default=EMPTY))
    _users()
    _links()
    _mails()
    _sessions()
    _second_factors()
    _access()


def _users() -> None:
    """New columns; who is there now owns their account."""
    op.add_column("users", sa.Column("email_key", sa.String(254), nullable=False, server_default=EMPTY))
    op.add_column("users", sa.Column("name", sa.String(100), nullable=False, server_default=EMPTY))
    op.add_column("users", sa.Column("account_role", sa.String(10), nullable=True))
    op.add_column("users", sa.Column("removed_at", MOMENT, nullable=True))
    connection = op.get_bind()
    key = sa.text("UPDATE users SET email_key = :key WHERE id = :id")
    for user_id, email in connection.execute(sa.text("SELECT id, email FROM users")).all():
        # Not by lower(): on SQLite that knows no letter but A to Z.
        connection.execute(key, {"key": email.strip().casefold(), "id": user_id})
    op.execute("UPDATE users SET account_role = 'owner' WHERE role = 'customer'")
    with op.batch_alter_table("users") as batch:
        batch.create_unique_constraint(op.f("uq_users_email_key"), ["email_key"])
        batch.create_check_constraint(
            op.f("ck_users_customer_has_account_role"), "(role = 'customer') = (account_role IS NOT NULL)"
        )
        batch.create_index(op.f("ix_users_account_id"), ["account_id"])


def _links() -> None:
    op.create_table(
        "one_time_links",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("digest", sa.String(64), nullable=True),
        sa.Column("handle", sa.String(64), nullable=True),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("user_id", BIG_ID, nullable=True),
        sa.Column("account_id", BIG_ID, nullable=True),
        sa.Column("account_role", sa.String(10), nullable=True),
        sa.Column("made_by", BIG_ID, nullable=True),
        sa.Column("particulars", sa.JSON(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_one_time_links_user_id")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_one_time_links_account_id")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_one_time_links_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_links")),
        sa.UniqueConstraint("digest", name=op.f("uq_one_time_links_digest")),
        sa.UniqueConstraint("handle", name=op.f("uq_one_time_links_handle")),
    )
    op.create_index("ix_one_time_links_user_id", "one_time_links", ["user_id"])
    op.create_index("ix_one_time_links_account_id", "one_time_links", ["account_id"])


def _mails() -> None:
    op.create_table(
        "mails",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("message_key", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("link_id", BIG_ID, nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", MOMENT, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("fault", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["one_time_links.id"], name=op.f("fk_mails_link_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
        sa.UniqueConstraint("message_key", name=op.f("uq_mails_message_key")),
    )
    op.create_index("ix_mails_next_try_at", "mails", ["next_try_at"])
    op.create_index("ix_mails_link_id", "mails", ["link_id"])


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("second_factor", sa.Boolean(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.Column("origin", sa.String(45), nullable=False),
        sa.Column("device", sa.String(60), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_why", sa.String(12), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("digest", name=op.f("uq_sessions_digest")),
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id", "id"])
    op.create_table(
        "known_devices",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_known_devices_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_devices")),
        sa.UniqueConstraint("digest", name=op.f("uq_known_devices_digest")),
    )
    op.create_index("ix_known_devices_user_id", "known_devices", ["user_id"])


def _second_factors() -> None:
    op.create_table(
        "second_factors",
        sa.Column("user_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("sealed", sa.String(400), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_second_factors_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    op.create_index("ix_recovery_codes_user_id", "recovery_codes", ["user_id"])


def _access() -> None:
    op.create_table(
        "access_log",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("account_id", BIG_ID, nullable=True),
        sa.Column("user_id", BIG_ID, nullable=True),
        sa.Column("key_id", BIG_ID, nullable=True),
        sa.Column("origin", sa.String(45), nullable=False),
        sa.Column("device", sa.String(60), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_access_log_account_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_access_log_user_id")),
        sa.ForeignKeyConstraint(["key_id"], ["api_keys.id"], name=op.f("fk_access_log_key_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_log")),
    )
    op.create_index("ix_access_log_account_id", "access_log", ["account_id", "id"])
    op.create_index("ix_access_log_key_id", "access_log", ["key_id", "origin", "at"])
    op.create_index("ix_access_log_last_at", "access_log", ["last_at"])
    op.create_table(
        "throttles",
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttles")),
    )
    op.create_index("ix_throttles_last_at", "throttles", ["last_at"])
