"""Who made a key: what its program says is theirs too, when somebody has to judge it (U7), and it goes with them."""

import sqlalchemy as sa
from alembic import op

revision = "0011_key_makers"
down_revision = "0010_enquiries"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("api_keys") as batch:
        batch.add_column(sa.Column("maker_id", BIG_ID, nullable=True))
        batch.create_foreign_key(op.f("fk_api_keys_maker_id"), "users", ["maker_id"], ["id"])
        batch.create_index(op.f("ix_api_keys_maker_id"), ["maker_id"])
    # A key names its maker by their e-mail address; who has another by now is not found, and nobody else is.
    op.execute("UPDATE api_keys SET maker_id = (SELECT users.id FROM users WHERE users.email = api_keys.made_by)")
