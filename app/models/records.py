"""What is wanted for a number, what the agent has accepted, and the values that both point at."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.commands import AcceptedState
from app.domain.registrations import RegistrationKind, RegistrationState
from app.models.base import Base, BigId, word_of


class RecordValues(Base):
    """The content of a record exactly as the agent gets it; written once, never changed.

    `digest` covers every field that the agent can see, so two contents differ for the agent
    where their digests do. `post_town` is kept apart for people: the file's locality contains it.
    """

    __tablename__ = "record_values"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    child_cupid: Mapped[str] = mapped_column(String(3))
    line_type: Mapped[str] = mapped_column(String(4))
    title: Mapped[str] = mapped_column(String(100))
    forename: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(200))
    honours: Mapped[str] = mapped_column(String(100))
    business_suffix: Mapped[str] = mapped_column(String(200))
    premises: Mapped[str] = mapped_column(String(200))
    thoroughfare: Mapped[str] = mapped_column(String(200))
    locality: Mapped[str] = mapped_column(String(200))
    post_town: Mapped[str] = mapped_column(String(200))
    postcode: Mapped[str] = mapped_column(String(8))
    retailer_id: Mapped[str] = mapped_column(String(6))
    address_id: Mapped[str] = mapped_column(String(12))
    address_id_source: Mapped[str] = mapped_column(String(1))
    reference: Mapped[str] = mapped_column(String(100))


class Registration(Base):
    """One thing that a customer or operations said about a number: its location, or that it is no longer used.

    `due_on` is the day from which it holds: its effective date, or the day it was entered where that is later.
    The wanted record of a number is its accepted registration with the latest `due_on` that has come,
    then the latest id.
    """

    __tablename__ = "registrations"
    __table_args__ = (
        Index("ix_registrations_number_id_state_due_on", "number_id", "state", "due_on", "id"),
        Index("ix_registrations_account_id_state", "account_id", "state"),
        Index("ix_registrations_address_id", "address_id"),
        Index("ix_registrations_values_id", "values_id"),
        CheckConstraint(
            "(kind = 'record') = (values_id IS NOT NULL AND address_id IS NOT NULL)", name="record_has_values"
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number_id: Mapped[int] = mapped_column(ForeignKey("numbers.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    kind: Mapped[RegistrationKind] = mapped_column(word_of(RegistrationKind, 10))
    state: Mapped[RegistrationState] = mapped_column(word_of(RegistrationState, 10))
    effective_date: Mapped[date]
    due_on: Mapped[date]
    address_id: Mapped[int | None] = mapped_column(ForeignKey("addresses.id"))
    values_id: Mapped[int | None] = mapped_column(ForeignKey("record_values.id"))
    title: Mapped[str] = mapped_column(String(400), default="")
    forename: Mapped[str] = mapped_column(String(400), default="")
    name: Mapped[str] = mapped_column(String(400), default="")
    honours: Mapped[str] = mapped_column(String(400), default="")
    business_suffix: Mapped[str] = mapped_column(String(400), default="")
    line_type: Mapped[str] = mapped_column(String(4), default="")
    reference: Mapped[str] = mapped_column(String(400), default="")
    voip_acknowledged: Mapped[bool] = mapped_column(default=False)
    # Which text of the limits of 999 over VoIP was acknowledged, and when (L7).
    voip_text_version: Mapped[str] = mapped_column(String(20), default="")
    voip_acknowledged_at: Mapped[datetime | None]
    nomadic: Mapped[bool] = mapped_column(default=False)
    gaining_cupid: Mapped[str] = mapped_column(String(3), default="")
    findings: Mapped[list[Any]] = mapped_column(JSON, default=list)
    submitted_by: Mapped[str] = mapped_column(String(254))
    submitted_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    submitted_at: Mapped[datetime]
    decided_by: Mapped[str] = mapped_column(String(254), default="")
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str] = mapped_column(String(1000), default="")


class AcceptedRecord(Base):
    """What the agent holds for a number as far as its replies tell (file-interface.md, The accepted record).

    `heals` counts replies 0103 and 0104 since the last `done`: when they have alternated twice, sending stops.
    A number without a row has never been accepted.
    """

    __tablename__ = "accepted_records"
    __table_args__ = (CheckConstraint("state = 'live' OR values_id IS NULL", name="values_where_live"),)

    number_id: Mapped[int] = mapped_column(ForeignKey("numbers.id"), primary_key=True, autoincrement=False)
    state: Mapped[AcceptedState] = mapped_column(word_of(AcceptedState, 8))
    values_id: Mapped[int | None] = mapped_column(ForeignKey("record_values.id"))
    transaction_id: Mapped[int | None] = mapped_column(ForeignKey("transactions.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    effective_date: Mapped[date | None]
    import_taken: Mapped[bool] = mapped_column(default=False)
    heals: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]
