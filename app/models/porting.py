"""Numbers on their way between providers: the pair of an import and an export, from `taken` until it closes (F8)."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.porting import Direction, PairState
from app.models.base import Base, BigId, word_of


class PortPair(Base):
    """One number that came or went; our command is one half of the pair, the other provider's the other.

    `warning` is the code of the agent's last warning (0045 to 0048), `closed_code` of the reply that closed it.
    """

    __tablename__ = "port_pairs"
    __table_args__ = (
        Index("ix_port_pairs_number_id", "number_id", "id"),
        Index(
            "ix_port_pairs_open",
            "opened_at",
            postgresql_where=text("state = 'open'"),
            sqlite_where=text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number_id: Mapped[int] = mapped_column(ForeignKey("numbers.id"))
    transaction_id: Mapped[int] = mapped_column(ForeignKey("transactions.id"), unique=True)
    direction: Mapped[Direction] = mapped_column(word_of(Direction, 6))
    other_cupid: Mapped[str] = mapped_column(String(3))
    port_date: Mapped[date]
    state: Mapped[PairState] = mapped_column(word_of(PairState, 8))
    opened_at: Mapped[datetime]
    warning: Mapped[str] = mapped_column(String(4), default="")
    warned_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_code: Mapped[str] = mapped_column(String(4), default="")
    closed_why: Mapped[str] = mapped_column(String(500), default="")
