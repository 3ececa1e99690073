"""Enquiries of people who need no account (P10): what they wrote, what they agreed to, and what became of it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.enquiries import EnquiryErased, EnquiryInterest, EnquiryState, EnquiryStep, EnquiryTopic
from app.models.base import Base, BigId, word_of


class Enquiry(Base):
    """One enquiry; once it is erased the row stays, without anything of the person, so that no id comes twice.

    `consent_text` are the words as they were shown. `touched_at` is when somebody last did something about it: the
    time after which it is erased counts from there.
    """

    __tablename__ = "enquiries"
    __table_args__ = (Index("ix_enquiries_state", "state", "touched_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    topic: Mapped[EnquiryTopic] = mapped_column(word_of(EnquiryTopic, 8))
    interest: Mapped[EnquiryInterest] = mapped_column(word_of(EnquiryInterest, 12))
    state: Mapped[EnquiryState] = mapped_column(word_of(EnquiryState, 8))
    name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(254))
    telephone: Mapped[str] = mapped_column(String(40))
    business_name: Mapped[str] = mapped_column(String(200))
    message: Mapped[str] = mapped_column(Text)
    consent_version: Mapped[str] = mapped_column(String(20))
    consent_text: Mapped[str] = mapped_column(String(1000))
    consent_at: Mapped[datetime]
    created_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    objected_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    erased_why: Mapped[EnquiryErased | None] = mapped_column(word_of(EnquiryErased, 12))


class EnquiryLine(Base):
    """One line of an enquiry's history: an answer, a note among ourselves, its end."""

    __tablename__ = "enquiry_lines"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"), index=True)
    at: Mapped[datetime]
    author: Mapped[str] = mapped_column(String(254))
    step: Mapped[EnquiryStep] = mapped_column(word_of(EnquiryStep, 10))
    text: Mapped[str] = mapped_column(Text, default="")


class EnquiryLink(Base):
    """A link in a mail by which its reader sees, stops or erases the enquiry; good as often as they like.

    `digest` is of its token, which nobody keeps. Each mail has a link of its own, and all go with the enquiry.
    """

    __tablename__ = "enquiry_links"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    enquiry_id: Mapped[int] = mapped_column(ForeignKey("enquiries.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
