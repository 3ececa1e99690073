"""All tables of the first version."""

import sqlalchemy as sa
from alembic import op

revision = "0001_foundation"
down_revision = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
POSTCODE = sa.String(8).with_variant(sa.String(8, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("retailer_id", sa.String(length=6), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
    )
    op.create_table(
        "audit_events",
        sa.Column("seq", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("origin", sa.String(length=30), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject_kind", sa.String(length=30), nullable=False),
        sa.Column("subject_id", sa.String(length=60), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("values_digest", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_events")),
    )
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.create_index("ix_audit_events_action", ["action", "seq"], unique=False)
        batch_op.create_index("ix_audit_events_actor", ["actor", "seq"], unique=False)
        batch_op.create_index("ix_audit_events_at", ["at"], unique=False)
        batch_op.create_index("ix_audit_events_subject", ["subject_kind", "subject_id", "seq"], unique=False)

    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", BIG_ID, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "audit_values",
        sa.Column("seq", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("part", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("values", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", "part", name=op.f("pk_audit_values")),
    )
    with op.batch_alter_table("audit_values", schema=None) as batch_op:
        batch_op.create_index("ix_audit_values_part", ["part", "seq"], unique=False)
        batch_op.create_index("ix_audit_values_subject", ["subject", "seq"], unique=False)

    op.create_table(
        "directory_editions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("edition", sa.Date(), nullable=True),
        sa.Column("edition_from", sa.String(length=200), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("knows_end_dates", sa.Boolean(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_editions")),
    )
    with op.batch_alter_table("directory_editions", schema=None) as batch_op:
        batch_op.create_index(
            "uq_directory_editions_current",
            ["current"],
            unique=True,
            sqlite_where=sa.text("current"),
            postgresql_where=sa.text("current"),
        )

    op.create_table(
        "directory_postcodes",
        sa.Column("edition_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("postcode", POSTCODE, nullable=False),
        sa.Column("latitude", sa.Float(precision=53), nullable=True),
        sa.Column("longitude", sa.Float(precision=53), nullable=True),
        sa.Column("terminated", sa.Date(), nullable=True),
        sa.Column("large_user", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("edition_id", "postcode", name=op.f("pk_directory_postcodes")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "format_profiles",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_format_profiles")),
    )
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("environment", sa.String(length=4), nullable=False),
        sa.Column("cupid", sa.String(length=3), nullable=False),
        sa.Column("set_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_installation_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "named_locks",
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_named_locks")),
    )
    op.create_table(
        "night_runs",
        sa.Column("run_date", sa.Date(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("run_date", name=op.f("pk_night_runs")),
    )
    op.create_table(
        "number_ranges",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("end", sa.BigInteger(), nullable=False),
        sa.Column("child_cupid", sa.String(length=3), nullable=False),
        sa.Column("line_type", sa.String(length=4), nullable=False),
        sa.CheckConstraint('start <= "end"', name=op.f("ck_number_ranges_in_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_ranges")),
        sa.UniqueConstraint("start", "end", name=op.f("uq_number_ranges_start_end")),
    )
    op.create_table(
        "record_values",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("child_cupid", sa.String(length=3), nullable=False),
        sa.Column("line_type", sa.String(length=4), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("forename", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("honours", sa.String(length=100), nullable=False),
        sa.Column("business_suffix", sa.String(length=200), nullable=False),
        sa.Column("premises", sa.String(length=200), nullable=False),
        sa.Column("thoroughfare", sa.String(length=200), nullable=False),
        sa.Column("locality", sa.String(length=200), nullable=False),
        sa.Column("post_town", sa.String(length=200), nullable=False),
        sa.Column("postcode", sa.String(length=8), nullable=False),
        sa.Column("retailer_id", sa.String(length=6), nullable=False),
        sa.Column("address_id", sa.String(length=12), nullable=False),
        sa.Column("address_id_source", sa.String(length=1), nullable=False),
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_values")),
    )
    op.create_table(
        "addresses",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("premises", sa.String(length=400), nullable=False),
        sa.Column("thoroughfare", sa.String(length=400), nullable=False),
        sa.Column("locality", sa.String(length=400), nullable=False),
        sa.Column("post_town", sa.String(length=400), nullable=False),
        sa.Column("postcode", sa.String(length=8), nullable=False),
        sa.Column("uprn", sa.String(length=12), nullable=False),
        sa.Column("udprn", sa.String(length=12), nullable=False),
        sa.Column("latitude", sa.String(length=32), nullable=False),
        sa.Column("longitude", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_addresses_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addresses")),
    )
    with op.batch_alter_table("addresses", schema=None) as batch_op:
        batch_op.create_index("ux_addresses_account_id_digest", ["account_id", "digest"], unique=True)

    op.create_table(
        "export_files",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("file_name", sa.String(length=60), nullable=False),
        sa.Column("cupid", sa.String(length=3), nullable=False),
        sa.Column("file_sequence", sa.Integer(), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("day_number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=1), nullable=False),
        sa.Column("environment", sa.String(length=1), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("profile_digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("record_count", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("size", BIG_ID, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["profile_digest"], ["format_profiles.digest"], name=op.f("fk_export_files_profile_digest")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_files")),
        sa.UniqueConstraint(
            "cupid", "created_on", "day_number", name=op.f("uq_export_files_cupid_created_on_day_number")
        ),
        sa.UniqueConstraint("cupid", "file_sequence", name=op.f("uq_export_files_cupid_file_sequence")),
        sa.UniqueConstraint("file_name", name=op.f("uq_export_files_file_name")),
    )
    op.create_table(
        "numbers",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("child_cupid", sa.String(length=3), nullable=False),
        sa.Column("line_type", sa.String(length=4), nullable=False),
        sa.Column("in_use_from", sa.Date(), nullable=False),
        sa.Column("ceased_on", sa.Date(), nullable=True),
        sa.Column("ported_in", sa.Boolean(), nullable=False),
        sa.Column("losing_cupid", sa.String(length=3), nullable=False),
        sa.Column("port_date", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_numbers_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_numbers")),
        sa.UniqueConstraint("number", name=op.f("uq_numbers_number")),
    )
    with op.batch_alter_table("numbers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_numbers_account_id"), ["account_id"], unique=False)

    op.create_table(
        "users",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("account_id", BIG_ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(role = 'customer') = (account_id IS NOT NULL)", name=op.f("ck_users_customer_has_account")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_users_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_table(
        "registrations",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("number_id", BIG_ID, nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("effective_date", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("address_id", BIG_ID, nullable=True),
        sa.Column("values_id", BIG_ID, nullable=True),
        sa.Column("title", sa.String(length=400), nullable=False),
        sa.Column("forename", sa.String(length=400), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("honours", sa.String(length=400), nullable=False),
        sa.Column("business_suffix", sa.String(length=400), nullable=False),
        sa.Column("line_type", sa.String(length=4), nullable=False),
        sa.Column("reference", sa.String(length=400), nullable=False),
        sa.Column("voip_acknowledged", sa.Boolean(), nullable=False),
        sa.Column("gaining_cupid", sa.String(length=3), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("submitted_by", sa.String(length=254), nullable=False),
        sa.Column("submitted_by_user_id", BIG_ID, nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=254), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.String(length=1000), nullable=False),
        sa.CheckConstraint(
            "(kind = 'record') = (values_id IS NOT NULL AND address_id IS NOT NULL)",
            name=op.f("ck_registrations_record_has_values"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_registrations_account_id")),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name=op.f("fk_registrations_address_id")),
        sa.ForeignKeyConstraint(["number_id"], ["numbers.id"], name=op.f("fk_registrations_number_id")),
        sa.ForeignKeyConstraint(
            ["submitted_by_user_id"], ["users.id"], name=op.f("fk_registrations_submitted_by_user_id")
        ),
        sa.ForeignKeyConstraint(["values_id"], ["record_values.id"], name=op.f("fk_registrations_values_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
    )
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.create_index("ix_registrations_account_id_state", ["account_id", "state"], unique=False)
        batch_op.create_index("ix_registrations_address_id", ["address_id"], unique=False)
        batch_op.create_index(
            "ix_registrations_number_id_state_due_on", ["number_id", "state", "due_on", "id"], unique=False
        )

    op.create_table(
        "reply_files",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("export_file_id", BIG_ID, nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("collected_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["export_file_id"], ["export_files.id"], name=op.f("fk_reply_files_export_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_files")),
    )
    with op.batch_alter_table("reply_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reply_files_export_file_id"), ["export_file_id"], unique=False)
        batch_op.create_index("ix_reply_files_sha256", ["sha256"], unique=False)

    op.create_table(
        "transactions",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("number_id", BIG_ID, nullable=False),
        sa.Column("registration_id", BIG_ID, nullable=True),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("command", sa.String(length=1), nullable=True),
        sa.Column("effective_date", sa.Date(), nullable=True),
        sa.Column("values_id", BIG_ID, nullable=True),
        sa.Column("account_id", BIG_ID, nullable=True),
        sa.Column("child_cupid", sa.String(length=3), nullable=False),
        sa.Column("change_cupid", sa.String(length=3), nullable=False),
        sa.Column("file_id", BIG_ID, nullable=True),
        sa.Column("rec_no", sa.Integer(), nullable=True),
        sa.Column("folded_into", BIG_ID, nullable=True),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(file_id IS NULL) = (rec_no IS NULL)", name=op.f("ck_transactions_place_whole")),
        sa.ForeignKeyConstraint(["file_id"], ["export_files.id"], name=op.f("fk_transactions_file_id")),
        sa.ForeignKeyConstraint(["number_id"], ["numbers.id"], name=op.f("fk_transactions_number_id")),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name=op.f("fk_transactions_registration_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transactions")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("transactions", schema=None) as batch_op:
        batch_op.create_index("ix_transactions_number_id", ["number_id", "id"], unique=False)
        batch_op.create_index(
            "ix_transactions_waiting",
            ["due_on", "number_id"],
            unique=False,
            postgresql_where=sa.text("state IN ('NEW', 'ON_HOLD', 'DO_SEND')"),
            sqlite_where=sa.text("state IN ('NEW', 'ON_HOLD', 'DO_SEND')"),
        )
        batch_op.create_index(
            "ux_transactions_in_flight",
            ["number_id"],
            unique=True,
            postgresql_where=sa.text("state IN ('EXTRACTED', 'DELIVERED', 'FCO_ACCEPTED', 'ERROR')"),
            sqlite_where=sa.text("state IN ('EXTRACTED', 'DELIVERED', 'FCO_ACCEPTED', 'ERROR')"),
        )
        batch_op.create_index(
            "ux_transactions_place",
            ["file_id", "rec_no"],
            unique=True,
            postgresql_where=sa.text("file_id IS NOT NULL"),
            sqlite_where=sa.text("file_id IS NOT NULL"),
        )

    op.create_table(
        "accepted_records",
        sa.Column("number_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("values_id", BIG_ID, nullable=True),
        sa.Column("transaction_id", BIG_ID, nullable=True),
        sa.Column("account_id", BIG_ID, nullable=True),
        sa.Column("effective_date", sa.Date(), nullable=True),
        sa.Column("import_taken", sa.Boolean(), nullable=False),
        sa.Column("heals", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state = 'live' OR values_id IS NULL", name=op.f("ck_accepted_records_values_where_live")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_accepted_records_account_id")),
        sa.ForeignKeyConstraint(["number_id"], ["numbers.id"], name=op.f("fk_accepted_records_number_id")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transactions.id"], name=op.f("fk_accepted_records_transaction_id")
        ),
        sa.ForeignKeyConstraint(["values_id"], ["record_values.id"], name=op.f("fk_accepted_records_values_id")),
        sa.PrimaryKeyConstraint("number_id", name=op.f("pk_accepted_records")),
    )
    op.create_table(
        "cases",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("number_id", BIG_ID, nullable=True),
        sa.Column("transaction_id", BIG_ID, nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("owner", sa.String(length=254), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_why", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["number_id"], ["numbers.id"], name=op.f("fk_cases_number_id")),
        sa.ForeignKeyConstraint(["transaction_id"], ["transactions.id"], name=op.f("fk_cases_transaction_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cases_number_id"), ["number_id"], unique=False)
        batch_op.create_index("ix_cases_state_due_at", ["state", "due_at"], unique=False)
        batch_op.create_index(
            "ux_cases_one_a_number",
            ["number_id"],
            unique=True,
            postgresql_where=sa.text("state <> 'closed'"),
            sqlite_where=sa.text("state <> 'closed'"),
        )

    op.create_table(
        "full_file_rows",
        sa.Column("file_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("rec_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("transaction_id", BIG_ID, nullable=False),
        sa.Column("values_id", BIG_ID, nullable=False),
        sa.Column("effective_date", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["export_files.id"], name=op.f("fk_full_file_rows_file_id")),
        sa.ForeignKeyConstraint(["transaction_id"], ["transactions.id"], name=op.f("fk_full_file_rows_transaction_id")),
        sa.ForeignKeyConstraint(["values_id"], ["record_values.id"], name=op.f("fk_full_file_rows_values_id")),
        sa.PrimaryKeyConstraint("file_id", "rec_no", name=op.f("pk_full_file_rows")),
    )
    op.create_table(
        "replies",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("reply_file_id", BIG_ID, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("transaction_id", BIG_ID, nullable=True),
        sa.Column("txn_ref", sa.String(length=20), nullable=False),
        sa.Column("telephone_no", sa.String(length=15), nullable=False),
        sa.Column("command", sa.String(length=1), nullable=False),
        sa.Column("code", sa.String(length=4), nullable=False),
        sa.Column("reply_class", sa.String(length=5), nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("error_list", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("effect", sa.String(length=14), nullable=False),
        sa.Column("marked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["reply_file_id"], ["reply_files.id"], name=op.f("fk_replies_reply_file_id")),
        sa.ForeignKeyConstraint(["transaction_id"], ["transactions.id"], name=op.f("fk_replies_transaction_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replies")),
    )
    with op.batch_alter_table("replies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_replies_reply_file_id"), ["reply_file_id"], unique=False)
        batch_op.create_index("ix_replies_transaction_id", ["transaction_id", "id"], unique=False)
