"""Locks by name; a row is locked, never read."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class NamedLock(Base):
    """A name that one process at a time may hold; see app.db.locks."""

    __tablename__ = "named_locks"

    name: Mapped[str] = mapped_column(String(30), primary_key=True)
