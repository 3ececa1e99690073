"""How many numbers had which status on each day, for the plot of coverage over time."""

import sqlalchemy as sa
from alembic import op

revision = "0006_coverage"
down_revision = "0005_people"


def upgrade() -> None:
    op.create_table(
        "coverage_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("numbers", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "status", name=op.f("pk_coverage_days")),
    )
