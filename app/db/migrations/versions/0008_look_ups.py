"""Which look-ups of a local journal have been brought into the trail, so that each comes there once."""

import sqlalchemy as sa
from alembic import op

revision = "0008_look_ups"
down_revision = "0007_api"


def upgrade() -> None:
    op.create_table(
        "look_ups_handed_in",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("looked_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look_ups_handed_in")),
    )
