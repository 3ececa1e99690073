"""Customers, the people who log in, and what this installation is."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, validates

from app.domain.actors import AccountRole, Role
from app.domain.people import email_key
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
    """A business that uses numbers; `retailer_id` goes into each of its records.

    The billing address is no installation address until the customer says so (A09). `vouched_at` is set where the
    provider made the account or says that it knows whose it is; until then a person looks at each new number (N13).
    """

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    retailer_id: Mapped[str] = mapped_column(String(6), default="")
    billing_address: Mapped[str] = mapped_column(String(400), default="")
    billing_postcode: Mapped[str] = mapped_column(String(8), default="")
    contact_name: Mapped[str] = mapped_column(String(100), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    landline: Mapped[str] = mapped_column(String(16), default="")
    mobile: Mapped[str] = mapped_column(String(16), default="")
    company_number: Mapped[str] = mapped_column(String(8), default="")
    vat_number: Mapped[str] = mapped_column(String(14), default="")
    created_at: Mapped[datetime]
    vouched_at: Mapped[datetime | None]
    vouched_by: Mapped[str] = mapped_column(String(254), default="")


class User(Base):
    """A person who logs in: a customer's, with an account, or staff, without one.

    One who was removed keeps the row, since others point at it, but neither name, e-mail address nor password.
    """

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("(role = 'customer') = (account_id IS NOT NULL)", name="customer_has_account"),
        CheckConstraint("(role = 'customer') = (account_role IS NOT NULL)", name="customer_has_account_role"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    email_key: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(100), default="")
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(word_of(Role, 20))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    account_role: Mapped[AccountRole | None] = mapped_column(word_of(AccountRole, 10))
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    @validates("email")
    def _keep_key(self, _name: str, email: str) -> str:
        self.email_key = email_key(email)
        return email


class ApiKey(Base):
    """A key by which the programs of an account, or of a member of staff, call the API; of it a digest alone is kept.

    `scopes` is a list of words; `prefix` is shown, so that people can tell their keys apart. A key of staff
    (`user_id`) acts with the role that its person has when it is used. `maker_id` is empty where the command line
    made it.
    """

    __tablename__ = "api_keys"
    __table_args__ = (CheckConstraint("(account_id IS NULL) <> (user_id IS NULL)", name="account_or_person"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    prefix: Mapped[str] = mapped_column(String(12))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[Any]]
    made_by: Mapped[str] = mapped_column(String(254))
    maker_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
