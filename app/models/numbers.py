"""The inventory of numbers (L1) and the address book (L2)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId


class NumberRange(Base):
    """A block of the CP's own, both ends included; `start` and `end` are the digits after the +."""

    __tablename__ = "number_ranges"
    __table_args__ = (CheckConstraint('start <= "end"', name="in_order"), UniqueConstraint("start", "end"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    start: Mapped[int] = mapped_column(BigInteger)
    end: Mapped[int] = mapped_column(BigInteger)
    child_cupid: Mapped[str] = mapped_column(String(3), default="")
    line_type: Mapped[str] = mapped_column(String(4), default="")


class NumberBlock(Base):
    """A block of Ofcom's numbering plan, with the provider that it was given to.

    `prefix` is what the block's numbers begin with after the +44; `digits` are how many they have after it, as
    a list, since an area may have numbers of two lengths. `series` names the file by its first digit.
    """

    __tablename__ = "number_blocks"

    prefix: Mapped[str] = mapped_column(String(11), primary_key=True)
    series: Mapped[str] = mapped_column(String(4), index=True)
    digits: Mapped[list[Any]]
    status: Mapped[str] = mapped_column(String(60))
    holder: Mapped[str] = mapped_column(String(200))
    allocated_on: Mapped[date | None]


class Number(Base):
    """A telephone number of the CP, in use for one account until it is ceased.

    `barred_at` is set while 999 is barred on it, because its user is outside the UK (R03). `claimed` is set while it
    is not in use and an account that nobody vouched for says that it is theirs: `ceased_on` is set then too, so that
    whoever it really belongs to may take it.
    """

    __tablename__ = "numbers"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    child_cupid: Mapped[str] = mapped_column(String(3), default="")
    line_type: Mapped[str] = mapped_column(String(4), default="")
    in_use_from: Mapped[date]
    ceased_on: Mapped[date | None]
    ported_in: Mapped[bool] = mapped_column(default=False)
    losing_cupid: Mapped[str] = mapped_column(String(3), default="")
    port_date: Mapped[date | None]
    barred_at: Mapped[datetime | None]
    barred_by: Mapped[str] = mapped_column(String(254), default="")
    claimed: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class Address(Base):
    """An installation address as the customer typed it; it never changes: a move points numbers at another row.

    `digest` finds the same address again within an account, so that one row serves many numbers. `paf` holds the
    PAF elements where the address was given by them; premises, thoroughfare and locality are composed then.
    """

    __tablename__ = "addresses"
    __table_args__ = (Index("ux_addresses_account_id_digest", "account_id", "digest", unique=True),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    digest: Mapped[str] = mapped_column(String(64))
    premises: Mapped[str] = mapped_column(String(400))
    thoroughfare: Mapped[str] = mapped_column(String(400))
    locality: Mapped[str] = mapped_column(String(400))
    post_town: Mapped[str] = mapped_column(String(400))
    postcode: Mapped[str] = mapped_column(String(8))
    uprn: Mapped[str] = mapped_column(String(12))
    udprn: Mapped[str] = mapped_column(String(12))
    latitude: Mapped[str] = mapped_column(String(32))
    longitude: Mapped[str] = mapped_column(String(32))
    paf: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
