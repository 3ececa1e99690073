"""What a day's figures were: what cannot be worked out afterwards is counted while it lasts (U3)."""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from app.domain.statuses import Status
from app.models.base import Base, word_of


class CoverageDay(Base):
    """How many numbers had a status at the first look of a day; every status has its row, with 0 too."""

    __tablename__ = "coverage_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    status: Mapped[Status] = mapped_column(word_of(Status, 20), primary_key=True)
    numbers: Mapped[int]
