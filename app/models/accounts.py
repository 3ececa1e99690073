"""Customers, the people who log in, and what this installation is."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.actors import Role
from app.models.base import Base, BigId, word_of


class Installation(Base):
    """One row: what this database is for, so that live and demo data never share one."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    demo: Mapped[bool]
    environment: Mapped[str] = mapped_column(String(4))
    cupid: Mapped[str] = mapped_column(String(3))
    set_up_at: Mapped[datetime]


class Account(Base):
    """A business that uses numbers; `retailer_id` goes into each of its records."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    retailer_id: Mapped[str] = mapped_column(String(6), default="")
    created_at: Mapped[datetime]


class User(Base):
    """A person who logs in: a customer's, with an account, or staff, without one."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("(role = 'customer') = (account_id IS NOT NULL)", name="customer_has_account"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(word_of(Role, 20))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime]
