"""The decision on one candidate: which command goes out for it, from which day, or why nothing does."""

from datetime import date
from typing import NamedTuple

from app.domain.commands import AcceptedState, Need, Wish, needed_command
from app.domain.references import transaction_reference
from app.domain.transactions import TransactionState
from app.services.exports.candidates import Candidate
from emergency_export.rows import DataRow
from validators.numbers import national

NOTHING = ("",) * 14
# Causes by which a person or a provider said something; every other one heals or corrects.
SAID = frozenset({"change", "cease", "port out"})


class Decision(NamedTuple):
    """What becomes of a candidate; `row` is what goes into the file where it is sent."""

    state: TransactionState
    need: Need
    row: DataRow | None = None


def decide(candidate: Candidate, run_date: date, cupid: str) -> Decision:
    """Return the decision on one candidate that nothing else of its number is in flight with."""
    if candidate.survivor_id != candidate.transaction_id:
        return Decision(TransactionState.FOLDED, Need(None))
    accepted = candidate.accepted_state or AcceptedState.NONE
    need = needed_command(
        accepted,
        Wish.UNSAID if candidate.kind is None else candidate.kind.wish,
        differs=candidate.differs,
        import_open=candidate.ported_in and not candidate.import_taken,
    )
    if need.command is None:
        return Decision(TransactionState.DO_NOT_SEND, need)
    return Decision(TransactionState.DO_SEND, need, _row(candidate, need.command, run_date, cupid))


def _row(candidate: Candidate, command: str, run_date: date, cupid: str) -> DataRow:
    """Return the data record; C and E carry no name and no address: the agent needs neither to end a record."""
    if command in "CE":
        child, *content, reference = (candidate.number_child_cupid or cupid, *NOTHING)
    else:
        child, *content, reference = candidate.content
    change_cupid = {"I": candidate.losing_cupid, "E": candidate.gaining_cupid or ""}.get(command, "")
    effective_date = _effective_date(candidate, run_date)
    reference_of_transaction = transaction_reference(cupid, child, candidate.transaction_id)
    ids = (reference_of_transaction, command, national(candidate.number), effective_date, cupid, child, change_cupid)
    return DataRow._make((*ids, *content, "", reference))


def _effective_date(candidate: Candidate, run_date: date) -> date:
    """Return the day the command holds from, never earlier than what the agent holds (0105).

    What heals or corrects, or meets a record whose content and date are not known, carries the run's date.
    """
    said = candidate.wanted_date
    heals = said is None or candidate.cause not in SAID or candidate.accepted_state is AcceptedState.UNKNOWN
    day = run_date if said is None or heals else said
    return max(day, candidate.accepted_date or day)
