"""Webhooks: subscriptions, the status that was last told of each number, events, deliveries and every try."""

import sqlalchemy as sa
from alembic import op

revision = "0009_webhooks"
down_revision = "0008_look_ups"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _subscriptions()
    _told()
    _events()
    _deliveries()
    _attempts()


def _subscriptions() -> None:
    op.create_table(
        "webhook_subscriptions",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("statuses", sa.JSON(), nullable=False),
        sa.Column("seal_name", sa.String(32), nullable=False),
        sa.Column("secret", sa.String(400), nullable=False),
        sa.Column("old_secret", sa.String(400), nullable=False),
        sa.Column("old_secret_ends_at", MOMENT, nullable=True),
        sa.Column("made_by", sa.String(254), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("failing_since", MOMENT, nullable=True),
        sa.Column("off_at", MOMENT, nullable=True),
        sa.Column("off_why", sa.String(10), nullable=True),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_webhook_subscriptions_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_subscriptions")),
        sa.UniqueConstraint("seal_name", name=op.f("uq_webhook_subscriptions_seal_name")),
    )
    op.create_index(op.f("ix_webhook_subscriptions_account_id"), "webhook_subscriptions", ["account_id", "removed_at"])


def _told() -> None:
    op.create_table(
        "webhook_watches",
        sa.Column("account_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("number_id", BIG_ID, nullable=False),
        sa.Column("looked_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_webhook_watches_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_webhook_watches")),
    )
    op.create_table(
        "webhook_statuses",
        sa.Column("number_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["number_id"], ["numbers.id"], name=op.f("fk_webhook_statuses_number_id")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_webhook_statuses_account_id")),
        sa.PrimaryKeyConstraint("number_id", name=op.f("pk_webhook_statuses")),
    )


def _events() -> None:
    op.create_table(
        "webhook_events",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("message_id", sa.String(40), nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("number_id", BIG_ID, nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(20), nullable=True),
        sa.Column("previous", sa.String(20), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_webhook_events_account_id")),
        sa.ForeignKeyConstraint(["number_id"], ["numbers.id"], name=op.f("fk_webhook_events_number_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_events")),
        sa.UniqueConstraint("message_id", name=op.f("uq_webhook_events_message_id")),
        sa.UniqueConstraint("number_id", "sequence", name=op.f("uq_webhook_events_number_id_sequence")),
    )
    op.create_index(op.f("ix_webhook_events_account_id"), "webhook_events", ["account_id", "id"])
    op.create_index(op.f("ix_webhook_events_at"), "webhook_events", ["at"])


def _deliveries() -> None:
    table = "webhook_deliveries"
    op.create_table(
        table,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("subscription_id", BIG_ID, nullable=False),
        sa.Column("event_id", BIG_ID, nullable=False),
        sa.Column("number_id", BIG_ID, nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("replayed", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("first_try_at", MOMENT, nullable=True),
        sa.Column("next_try_at", MOMENT, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["webhook_subscriptions.id"], name=op.f("fk_webhook_deliveries_subscription_id")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["webhook_events.id"], name=op.f("fk_webhook_deliveries_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint("subscription_id", "event_id", name=op.f("uq_webhook_deliveries_subscription_id_event_id")),
    )
    op.create_index(op.f("ix_webhook_deliveries_state"), table, ["state", "next_try_at"])
    op.create_index(
        op.f("ix_webhook_deliveries_number_id"), table, ["subscription_id", "number_id", "state", "event_id"]
    )
    op.create_index(op.f("ix_webhook_deliveries_event_id"), table, ["event_id"])


def _attempts() -> None:
    table = "webhook_attempts"
    op.create_table(
        table,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("subscription_id", BIG_ID, nullable=False),
        sa.Column("delivery_id", BIG_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("fault", sa.String(100), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=True),
        sa.Column("next_try_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["webhook_subscriptions.id"], name=op.f("fk_webhook_attempts_subscription_id")
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["webhook_deliveries.id"], name=op.f("fk_webhook_attempts_delivery_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_attempts")),
    )
    op.create_index(op.f("ix_webhook_attempts_subscription_id"), table, ["subscription_id", "id"])
    op.create_index(op.f("ix_webhook_attempts_delivery_id"), table, ["delivery_id"])
    op.create_index(op.f("ix_webhook_attempts_at"), table, ["at"])
