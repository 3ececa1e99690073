"""The postcode directory: one current edition, and a row for each of its postcodes."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Float, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base

# A sector is read as a range of the key ('LS11 5' up to 'LS11 6'), so the space must sort as a byte:
# PostgreSQL's national collations pass over it.
Postcode = String(8).with_variant(String(8, collation="C"), "postgresql")


class DirectoryEdition(Base):
    """What was loaded, from where and how old it is: a directory must say this of itself (rules, P03)."""

    __tablename__ = "directory_editions"
    __table_args__ = (
        Index(
            "uq_directory_editions_current",
            "current",
            unique=True,
            sqlite_where=text("current"),
            postgresql_where=text("current"),
        ),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    source: Mapped[str] = mapped_column(String(100))
    sha256: Mapped[str] = mapped_column(String(64))
    edition: Mapped[date | None]
    edition_from: Mapped[str] = mapped_column(String(200))
    areas: Mapped[list[Any]]
    knows_end_dates: Mapped[bool]
    row_count: Mapped[int]
    loaded_at: Mapped[datetime]
    current: Mapped[bool]


class DirectoryPostcode(Base):
    """One postcode of an edition; degrees of WGS84, or nothing where the source has no place for it.

    Millions of rows, so the key is the table on SQLite, there is no second index, and no foreign key:
    its check at each row would double the time of a load, and only the load writes here.
    """

    __tablename__ = "directory_postcodes"
    __table_args__ = ({"sqlite_with_rowid": False},)

    edition_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    postcode: Mapped[str] = mapped_column(Postcode, primary_key=True)
    latitude: Mapped[float | None] = mapped_column(Float(53))
    longitude: Mapped[float | None] = mapped_column(Float(53))
    terminated: Mapped[date | None]
    large_user: Mapped[bool] = mapped_column(Boolean)
