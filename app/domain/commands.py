"""Which command the agent's state needs (F2): worked out from what it has accepted, never from what was sent."""

from dataclasses import dataclass
from enum import StrEnum


class AcceptedState(StrEnum):
    """What the agent is known to hold for a number.

    `unknown` is live with content not known: it differs from everything.
    """

    NONE = "none"
    LIVE = "live"
    UNKNOWN = "unknown"


class Wish(StrEnum):
    """What we want the agent to hold; `unsaid` is neither a record nor the wish to have none."""

    UNSAID = "unsaid"
    RECORD = "record"
    NO_RECORD = "no record"
    PORTED_OUT = "ported out"


@dataclass(frozen=True, slots=True)
class Need:
    """The command that takes the agent from what it holds to what is wanted; without one, `why` says why not."""

    command: str | None
    why: str = ""


NOTHING_VISIBLE = Need(None, "no difference that the agent can see")
NOTHING_HELD = Need(None, "the agent holds no record of this number")
NOTHING_SAID = Need(None, "no address is registered")


def needed_command(accepted: AcceptedState, wish: Wish, *, differs: bool, import_open: bool) -> Need:
    """Return the command for one number (file-interface.md, Which command).

    `differs` compares the fields that the agent can see and counts only where `accepted` is live;
    `import_open` says that a recorded port-in has had no `taken` yet.
    """
    if wish is Wish.UNSAID:
        return NOTHING_SAID
    if wish is Wish.RECORD:
        if accepted is AcceptedState.NONE:
            return Need("I" if import_open else "A")
        if accepted is AcceptedState.LIVE and not differs:
            return NOTHING_VISIBLE
        return Need("M")
    if accepted is AcceptedState.NONE:
        return NOTHING_HELD
    return Need("E" if wish is Wish.PORTED_OUT else "C")
