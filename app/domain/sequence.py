"""The two sequences: our files as the agent takes them, the agent's CARs as they come."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.files import SEQDUP, SEQGAP, FileState, ReplyFileOutcome

FIRST_CAR = 1
# A file that the agent finds out of sequence is sent again by itself so often; then a person is called.
TRIES = 3


def place_of_car(sequence: int, lowest: int | None, highest: int | None, *, seen: bool) -> ReplyFileOutcome:
    """Return what a new CAR with this number is, after those from `lowest` to `highest` (None: it is the first).

    `seen` says that another had the number since the numbering last began. It begins at 1: a 1 where others came
    before is a new beginning, and where the 2 was the first we know, the one that was before it.
    """
    if lowest is None or highest is None or sequence == highest + 1:
        return ReplyFileOutcome.APPLIED
    if sequence > highest:
        return ReplyFileOutcome.AFTER_GAP
    if sequence <= FIRST_CAR and (seen or sequence < lowest - 1):
        return ReplyFileOutcome.RESTARTED
    if seen:
        return ReplyFileOutcome.NUMBER_TWICE
    return ReplyFileOutcome.OUT_OF_TURN if sequence < lowest else ReplyFileOutcome.FILLS_GAP


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file in its sequence: `taken` where its FCO or an answer to a record of it says so.

    `gaps` counts how often SEQGAP came for it since the one that was taken last before it was.
    """

    name: str
    state: FileState
    reason: str
    taken: bool
    gaps: int = 0


@dataclass(frozen=True, slots=True)
class Mending:
    """What to send again, in order; or, where a person must act, which file is concerned and why."""

    again: tuple[str, ...] = ()
    stops: str = ""
    why: str = ""


def mend_sequence(files: Sequence[SentFile]) -> Mending:
    """Return what mends the first gap that the agent tells of (Files refused or unanswered).

    `files` are in the order of their numbers; SEQGAP is the reason of a file that waits for what was before it. The
    missing files are those without any answer between the last that the agent has seen and the first such file.
    """
    at = next((place for place, file in enumerate(files) if file.reason == SEQGAP), None)
    if at is None:
        return Mending()
    first = files[at]
    seen = next((place for place in range(at - 1, -1, -1) if _seen(files[place])), None)
    before = None if seen is None else files[seen]
    missing = files[0 if seen is None else seen + 1 : at]
    if any(file.state is FileState.EXTRACTED for file in missing):
        return Mending()  # what has not left yet leaves first
    why = _why_stop(first, before, missing)
    if why:
        return Mending(stops=first.name, why=why)
    waiting = [file.name for file in files[at:] if file.reason == SEQGAP]
    return Mending(again=(*(file.name for file in missing), *waiting))


def _seen(file: SentFile) -> bool:
    return file.taken or file.state is FileState.FCO_REJECTED


def _why_stop(first: SentFile, before: SentFile | None, missing: Sequence[SentFile]) -> str:
    """Say why nothing is sent again by itself, '' where it is."""
    if first.gaps > TRIES:
        return f"it misses a file before this one, though it was sent again {TRIES} times"
    if missing:
        has = next((file.name for file in missing if file.reason == SEQDUP), None)
        return f"it misses a file before this one, and says that it has {has} already" if has else ""
    if before is None:
        return "it misses a file before this one, and this is our first"
    if before.state is FileState.FCO_REJECTED:
        return f"it misses a file before this one: {before.name}, which it had itself refused ({before.reason})"
    # Once it may have told so before it took the other.
    again = first.gaps > 1
    return f"it misses a file before this one, and has taken {before.name}, which is the one before" if again else ""
