"""What can be said of a number, and what becomes of it."""

from enum import StrEnum

from app.domain.commands import Wish


class RegistrationKind(StrEnum):
    """What was said: where the number is, that it is no longer used, or that it moved to another provider."""

    RECORD = "record"
    CEASE = "cease"
    PORT_OUT = "port_out"

    @property
    def wish(self) -> Wish:
        """Return what this makes us want the agent to hold."""
        return {"record": Wish.RECORD, "cease": Wish.NO_RECORD, "port_out": Wish.PORTED_OUT}[self.value]


class RegistrationState(StrEnum):
    """REVIEW waits for a person; ENDED belonged to a customer who no longer has the number."""

    REVIEW = "REVIEW"
    RETURNED = "RETURNED"
    ACCEPTED = "ACCEPTED"
    SUPERSEDED = "SUPERSEDED"
    CANCELLED = "CANCELLED"
    ENDED = "ENDED"
