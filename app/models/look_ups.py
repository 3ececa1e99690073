"""Look-ups that were answered while the trail could not be written, and came into it later."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class LookUpHandedIn(Base):
    """One line of a local journal that is in the trail; its id makes it come there once, however often it is given."""

    __tablename__ = "look_ups_handed_in"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    looked_up_at: Mapped[datetime]
    handed_in_at: Mapped[datetime]
