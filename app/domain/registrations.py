"""What can be said of a number, and what becomes of it."""

from enum import StrEnum

from app.domain.commands import Wish


class RegistrationKind(StrEnum):
    """What was said: where the number is, that it is no longer used, or that it moved to another provider.

    NO_RECORD ends the record alone: the number stays in use, barred or with a new holder who said nothing yet.
    """

    RECORD = "record"
    CEASE = "cease"
    PORT_OUT = "port_out"
    NO_RECORD = "no_record"

    @property
    def wish(self) -> Wish:
        """Return what this makes us want the agent to hold."""
        return {"record": Wish.RECORD, "port_out": Wish.PORTED_OUT}.get(self.value, Wish.NO_RECORD)


class RegistrationState(StrEnum):
    """REVIEW waits for a person; ENDED belonged to a customer who no longer has the number."""

    REVIEW = "REVIEW"
    RETURNED = "RETURNED"
    ACCEPTED = "ACCEPTED"
    SUPERSEDED = "SUPERSEDED"
    CANCELLED = "CANCELLED"
    ENDED = "ENDED"
