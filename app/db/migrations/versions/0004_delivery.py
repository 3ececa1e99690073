"""Holds of the night, answers after a restore, urgent files, alarms, notes on cases."""

import sqlalchemy as sa
from alembic import op

revision = "0004_delivery"
down_revision = "0003_data_quality"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
EMPTY, NO, ZERO = sa.text("''"), sa.false(), sa.text("0")


def upgrade() -> None:
    _widen()
    _holds()
    op.create_table(
        "resumptions",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("cupid", sa.String(3), nullable=False),
        sa.Column("file_sequence", sa.Integer(), nullable=False),
        sa.Column("txn_number", BIG_ID, nullable=False),
        sa.Column("names_on", sa.Date(), nullable=False),
        sa.Column("names_through", sa.Integer(), nullable=False),
        sa.Column("resumed_by", sa.String(254), nullable=False),
        sa.Column("resumed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resumptions")),
    )
    op.create_table(
        "case_notes",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("case_id", BIG_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("author", sa.String(254), nullable=False),
        sa.Column("step", sa.String(12), nullable=False),
        sa.Column("text", sa.String(1000), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_notes_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_notes")),
    )
    op.create_index("ix_case_notes_case_id", "case_notes", ["case_id"])
    _alarms()


def _widen() -> None:
    """New columns; their defaults are for the rows that are there, the program gives its own."""
    op.add_column("export_files", sa.Column("incident", sa.String(40), nullable=False, server_default=EMPTY))
    op.add_column("export_files", sa.Column("resends", sa.Integer(), nullable=False, server_default=ZERO))
    op.add_column("export_files", sa.Column("resent_at", MOMENT, nullable=True))
    op.add_column("transactions", sa.Column("incident", sa.String(40), nullable=False, server_default=EMPTY))
    op.create_index("ix_export_files_state", "export_files", ["state"])
    in_flight = sa.text("state IN ('EXTRACTED', 'DELIVERED', 'FCO_ACCEPTED', 'ERROR')")
    op.create_index(
        "ix_transactions_unanswered",
        "transactions",
        ["file_id"],
        postgresql_where=in_flight,
        sqlite_where=in_flight,
    )
    urgent = sa.text("incident <> ''")
    op.create_index(
        "ix_transactions_urgent",
        "transactions",
        ["incident", "number_id"],
        postgresql_where=urgent,
        sqlite_where=urgent,
    )
    op.add_column("reply_files", sa.Column("sequence", sa.Integer(), nullable=True))
    op.add_column("cases", sa.Column("urgent", sa.Boolean(), nullable=False, server_default=NO))


def _holds() -> None:
    op.create_table(
        "night_holds",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("why", sa.String(500), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("ceases", sa.Integer(), nullable=False),
        sa.Column("live", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(254), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by", sa.String(254), nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_night_holds")),
    )
    standing = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_night_holds_standing", "night_holds", ["kind"], postgresql_where=standing, sqlite_where=standing
    )
    op.create_table(
        "hold_releases",
        sa.Column("hold_id", BIG_ID, nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(254), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["hold_id"], ["night_holds.id"], name=op.f("fk_hold_releases_hold_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_hold_releases_user_id")),
        sa.PrimaryKeyConstraint("hold_id", "user_id", name=op.f("pk_hold_releases")),
    )


def _alarms() -> None:
    op.create_table(
        "alarms",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("text", sa.String(500), nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("cleared_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
    )
    standing = sa.text("cleared_at IS NULL")
    op.create_index(
        "ux_alarms_standing",
        "alarms",
        ["kind", "subject"],
        unique=True,
        postgresql_where=standing,
        sqlite_where=standing,
    )
    op.create_table(
        "alarm_tellings",
        sa.Column("alarm_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", MOMENT, nullable=True),
        sa.Column("fault", sa.String(200), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarms.id"], name=op.f("fk_alarm_tellings_alarm_id")),
        sa.PrimaryKeyConstraint("alarm_id", "channel", name=op.f("pk_alarm_tellings")),
    )
    not_done = sa.text("NOT done")
    op.create_index(
        "ix_alarm_tellings_open", "alarm_tellings", ["alarm_id"], postgresql_where=not_done, sqlite_where=not_done
    )
    op.create_table(
        "job_faults",
        sa.Column("job", sa.String(20), nullable=False),
        sa.Column("node", sa.String(100), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("permanent", sa.Boolean(), nullable=False),
        sa.Column("error", sa.String(80), nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("job", "node", name=op.f("pk_job_faults")),
    )
