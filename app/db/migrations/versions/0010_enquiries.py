"""Enquiries of people without an account; what operations and customers write to each other about numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0010_enquiries"
down_revision = "0009_webhooks"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _enquiries()
    _of_enquiries()
    _messages()


def _enquiries() -> None:
    op.create_table(
        "enquiries",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("topic", sa.String(8), nullable=False),
        sa.Column("interest", sa.String(12), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("telephone", sa.String(40), nullable=False),
        sa.Column("business_name", sa.String(200), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("consent_version", sa.String(20), nullable=False),
        sa.Column("consent_text", sa.String(1000), nullable=False),
        sa.Column("consent_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("touched_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("objected_at", MOMENT, nullable=True),
        sa.Column("erased_at", MOMENT, nullable=True),
        sa.Column("erased_why", sa.String(12), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiries")),
    )
    op.create_index("ix_enquiries_state", "enquiries", ["state", "touched_at"])


def _of_enquiries() -> None:
    """What hangs on an enquiry: its history, the links to it, the mails about it."""
    op.create_table(
        "enquiry_lines",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("enquiry_id", BIG_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("author", sa.String(254), nullable=False),
        sa.Column("step", sa.String(10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["enquiry_id"], ["enquiries.id"], name=op.f("fk_enquiry_lines_enquiry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry_lines")),
    )
    op.create_index("ix_enquiry_lines_enquiry_id", "enquiry_lines", ["enquiry_id"])
    op.create_table(
        "enquiry_links",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("enquiry_id", BIG_ID, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["enquiry_id"], ["enquiries.id"], name=op.f("fk_enquiry_links_enquiry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry_links")),
        sa.UniqueConstraint("digest", name=op.f("uq_enquiry_links_digest")),
    )
    op.create_index("ix_enquiry_links_enquiry_id", "enquiry_links", ["enquiry_id"])
    with op.batch_alter_table("mails") as batch:
        batch.add_column(sa.Column("enquiry_id", BIG_ID, nullable=True))
        batch.create_foreign_key(op.f("fk_mails_enquiry_id"), "enquiries", ["enquiry_id"], ["id"])
        batch.create_index(op.f("ix_mails_enquiry_id"), ["enquiry_id"])


def _messages() -> None:
    op.create_table(
        "message_threads",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("number_id", BIG_ID, nullable=False),
        sa.Column("case_id", BIG_ID, nullable=True),
        sa.Column("awaits_us", sa.Boolean(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_message_threads_account_id")),
        sa.ForeignKeyConstraint(["number_id"], ["numbers.id"], name=op.f("fk_message_threads_number_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_message_threads_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_threads")),
    )
    open_alone = sa.text("closed_at IS NULL")
    op.create_index(
        "ux_message_threads_open",
        "message_threads",
        ["number_id", "account_id"],
        unique=True,
        postgresql_where=open_alone,
        sqlite_where=open_alone,
    )
    op.create_index("ix_message_threads_account_id", "message_threads", ["account_id", "last_at"])
    op.create_index("ix_message_threads_awaits_us", "message_threads", ["awaits_us", "last_at"])
    op.create_index("ix_message_threads_case_id", "message_threads", ["case_id"])
    op.create_table(
        "messages",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("thread_id", BIG_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("of_staff", sa.Boolean(), nullable=False),
        sa.Column("author", sa.String(254), nullable=False),
        sa.Column("user_id", BIG_ID, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["thread_id"], ["message_threads.id"], name=op.f("fk_messages_thread_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_messages_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    op.create_index("ix_messages_thread_id", "messages", ["thread_id", "id"])
