"""The kinds of entry in the life of a number (A4)."""

from enum import StrEnum


class LifeKind(StrEnum):
    """What an entry is about."""

    SAID = "said"
    REVIEW = "review"
    TRANSACTION = "transaction"
    FILE = "file"
    REPLY = "reply"
    CASE = "case"
    PORT = "port"
    NUMBER = "number"
    MESSAGE = "message"
    ALARM = "alarm"
    LOOK_UP = "look_up"
    READ = "read"


# What a customer sees of their own number; the rest is the staff's own work.
FOR_CUSTOMERS = frozenset(
    {LifeKind.SAID, LifeKind.REVIEW, LifeKind.TRANSACTION, LifeKind.REPLY, LifeKind.PORT, LifeKind.NUMBER}
)
