"""Keys of staff, imports by keys, and the answers that repeated calls of the API get again."""

import sqlalchemy as sa
from alembic import op

revision = "0007_api"
down_revision = "0006_coverage"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("api_keys") as batch:
        batch.alter_column("account_id", existing_type=BIG_ID, nullable=True)
        batch.add_column(sa.Column("user_id", BIG_ID, nullable=True))
        batch.create_foreign_key(op.f("fk_api_keys_user_id"), "users", ["user_id"], ["id"])
        batch.create_check_constraint(
            op.f("ck_api_keys_account_or_person"), "(account_id IS NULL) <> (user_id IS NULL)"
        )
        batch.create_index(op.f("ix_api_keys_user_id"), ["user_id"])
    with op.batch_alter_table("import_jobs") as batch:
        batch.alter_column("user_id", existing_type=BIG_ID, nullable=True)
        batch.add_column(sa.Column("key_id", BIG_ID, nullable=True))
        batch.create_foreign_key(op.f("fk_import_jobs_key_id"), "api_keys", ["key_id"], ["id"])
        batch.create_check_constraint(op.f("ck_import_jobs_person_or_key"), "(user_id IS NULL) <> (key_id IS NULL)")
    op.create_table(
        "idempotent_calls",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("key_id", BIG_ID, nullable=False),
        sa.Column("word", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["key_id"], ["api_keys.id"], name=op.f("fk_idempotent_calls_key_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotent_calls")),
        sa.UniqueConstraint("key_id", "word", name=op.f("uq_idempotent_calls_key_id_word")),
        sa.CheckConstraint("(ended_at IS NULL) = (answer IS NULL)", name=op.f("ck_idempotent_calls_ended_whole")),
    )
    op.create_index("ix_idempotent_calls_begun_at", "idempotent_calls", ["begun_at"])
