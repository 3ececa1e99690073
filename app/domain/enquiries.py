"""What people who are no customers ask of sales and support (P10), and the words that they agree to."""

from enum import StrEnum

# A text that changes gets a new version: what somebody agreed to is kept with the version that they saw.
CONSENT_VERSION = "2026-11"
CONSENT = (
    "I agree that {us} keeps what I write here and contacts me about it, by e-mail, or by telephone where I give a"
    " number. I can withdraw this at any time by the link in the mail that I get."
)


class EnquiryTopic(StrEnum):
    """Who is asked."""

    SALES = "sales"
    SUPPORT = "support"


class EnquiryInterest(StrEnum):
    """What it is about."""

    LOCATIONS = "locations"
    NUMBERS = "numbers"
    API = "api"
    PRICES = "prices"
    PRIVACY = "privacy"
    OTHER = "other"


class EnquiryState(StrEnum):
    """How far an enquiry has come; of one that was erased nothing is left but that it was there."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"
    ERASED = "erased"


class EnquiryStep(StrEnum):
    """What one line of an enquiry's history tells."""

    ANSWERED = "answered"
    NOTED = "noted"
    CLOSED = "closed"
    OBJECTED = "objected"


class EnquiryErased(StrEnum):
    """Why an enquiry was erased."""

    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
