"""A planned change taken back before it has gone out: what was wanted before is wanted again (L8)."""

from sqlalchemy import func, select

from app.audit.events import Action
from app.db.unit_of_work import Reading, UnitOfWork
from app.domain.actors import Actor
from app.domain.cases import CaseState
from app.domain.commands import AcceptedState, needed_command
from app.domain.permissions import Permission
from app.domain.registrations import RegistrationKind, RegistrationState
from app.domain.transactions import IN_FLIGHT, WAITING, TransactionState
from app.errors import Conflict, NotFound
from app.models.exports import ExportFile, Transaction
from app.models.numbers import Number
from app.models.records import AcceptedRecord, RecordValues, Registration
from app.models.replies import Reply, ReplyFile
from app.services.access import authorise
from app.services.cases.opening import unclosed_case, wait_again
from app.services.locations.outlook import TAKEN_BACK, Outlook, gave_way, outlook_without
from app.services.locations.planned import NOT_YOURS, hidden, planned_changes
from app.services.locations.storing import Store
from app.services.system import System
from app.services.wanted import wanted_registration

UNSENT = (TransactionState.CANCELLED, TransactionState.FOLDED)
CAUSES = {RegistrationKind.RECORD: "change", RegistrationKind.PORT_OUT: "port out"}


def foresee_cancelling(system: System, actor: Actor, registration_id: int) -> Outlook:
    """Return what would hold where a planned change is taken back; nothing is stored. Errors as `cancel_change`."""
    authorise(actor, Permission.REGISTER_LOCATION)
    with system.database.reading() as look:
        number = _number(look, actor, registration_id)
        return _outlook(system, look, number, registration_id)


def number_id_of_change(system: System, actor: Actor, registration_id: int) -> int:
    """Return the id of the number that a change is of; NotFound where this actor may not see it."""
    authorise(actor, Permission.SEE_RECORD)
    with system.database.reading() as look:
        return _number(look, actor, registration_id).id


def cancel_change(system: System, actor: Actor, registration_id: int) -> Outlook:
    """Take back what has not gone out: it and its transaction are cancelled, and what was said before holds again.

    Conflict where it has gone out, or is no planned change; NotFound where it is another account's.
    What an end of use had cancelled stays cancelled (`stays_cancelled`).
    """
    authorise(actor, Permission.REGISTER_LOCATION)
    with system.database.unit_of_work() as work:
        number = _number(work, actor, registration_id)
        outlook = _outlook(system, work, number, registration_id)
        said = work.session.get_one(Registration, registration_id)
        was_accepted = said.state is RegistrationState.ACCEPTED
        if said.state is RegistrationState.RETURNED:
            said.state = RegistrationState.CANCELLED  # the words of who returned it stay
        else:
            _bring_back(system, work, said)
            said.state, said.decision_note = RegistrationState.CANCELLED, TAKEN_BACK
            said.decided_by, said.decided_at = actor.name, system.clock.now()
        number.ceased_on = outlook.ends_on
        if was_accepted:
            _cancel_transactions(work, registration_id)
            work.session.flush()
            _want_what_holds(system, work, actor, number)
            _open_case_again(system, work, actor, number.id)
        detail = {"kind": str(said.kind), "effective_date": str(said.effective_date)}
        system.record(work, actor, Action.CHANGE_CANCELLED, ("registration", registration_id), detail)
        work.commit()
    return outlook


def _number(look: Reading, actor: Actor, registration_id: int) -> Number:
    """Return the number of a registration; in a unit that writes it is locked: who says something of it comes after."""
    of_change = select(Registration.number_id).where(Registration.id == registration_id)
    query = select(Number).where(Number.id == of_change.scalar_subquery())
    if isinstance(look, UnitOfWork):
        query = query.with_for_update(key_share=True)
    number = look.session.scalars(query).one_or_none()
    if number is None or hidden(actor, number):
        raise NotFound(NOT_YOURS)
    return number


def _outlook(system: System, look: Reading, number: Number, registration_id: int) -> Outlook:
    """Return what holds without a change, which is locked in a unit that writes; Conflict where it cannot be undone."""
    lock = isinstance(look, UnitOfWork)
    said = look.session.get_one(Registration, registration_id, with_for_update=lock or None)
    query = select(Transaction).where(Transaction.registration_id == registration_id)
    # A night that is just fixing its file has these locked: whoever waits for it finds them gone out.
    transactions = look.session.scalars(query.with_for_update() if lock else query).all()
    for change in planned_changes(look, number, system.today):
        if change.id == registration_id:
            return outlook_without(system, look, number, change)
    raise Conflict(_why_not(look, said, list(transactions)))


def _why_not(look: Reading, said: Registration, transactions: list[Transaction]) -> str:
    """Say why there is nothing to take back."""
    states = {
        RegistrationState.CANCELLED: "this was cancelled already",
        RegistrationState.SUPERSEDED: "this gave way to what was said after it: there is nothing to cancel",
        RegistrationState.RETURNED: "this was returned, and something else was said since: there is nothing to cancel",
        RegistrationState.ENDED: "this was said by a former holder of the number, and holds no longer",
    }
    if said.state in states:
        return states[said.state]
    if said.kind is RegistrationKind.NO_RECORD:
        return "this is no planned change; where 999 is barred on the number, lift the bar instead"
    names = [
        look.session.get_one(ExportFile, item.file_id).file_name for item in transactions if item.file_id is not None
    ]
    if names:
        return f"this has gone out to the agent in {names[-1]}: say what is to hold instead, and the next file tells it"
    return "nothing waits to be sent for this any more: say what is to hold instead"


def _bring_back(system: System, work: UnitOfWork, said: Registration) -> None:
    """What waited for a person until this was said waits for one again."""
    of_number = select(Registration).where(
        Registration.number_id == said.number_id, Registration.account_id == said.account_id
    )
    before = gave_way(said, list(work.session.scalars(of_number.order_by(Registration.id))))
    if before is not None:
        before.state, before.due_on = RegistrationState.REVIEW, max(before.due_on, system.today)


def _cancel_transactions(work: UnitOfWork, registration_id: int) -> None:
    for transaction in work.session.scalars(
        select(Transaction).where(Transaction.registration_id == registration_id, Transaction.state.in_(WAITING))
    ):
        transaction.state = TransactionState.CANCELLED


def _want_what_holds(system: System, work: UnitOfWork, actor: Actor, number: Number) -> None:
    """Make a transaction for what is wanted again, where none that is due waits and it would not go out otherwise.

    None is made where the agent holds it, or is being told it: the number would be shown to wait for nothing. None is
    made for what the agent has refused: that goes again only after a fix or a newer word (file-interface.md).
    """
    flying = work.session.scalars(
        # Locked, so that a refusal of its file which comes meanwhile finds what this unit left waiting.
        select(Transaction)
        .where(Transaction.number_id == number.id, Transaction.state.in_(IN_FLIGHT))
        .with_for_update()
    ).one_or_none()
    due = select(Transaction.id).where(
        Transaction.number_id == number.id, Transaction.state.in_(WAITING), Transaction.due_on <= system.today
    )
    wanted = wanted_registration(work, number.id, system.today)
    if wanted is None or work.session.scalar(due.limit(1)) is not None:
        return
    if flying is not None:
        told = _says(flying, wanted)
    else:
        told = _refused(work, number.id, wanted) or _held(work, number.id, wanted)
    if told:
        return
    store = Store(system, work, actor, number.account_id, CAUSES.get(wanted.kind, "cease"))
    # With its registration it can be taken back in its turn; without one it repeats what has gone out before.
    registration_id = None if _went_out(work, wanted.id) else wanted.id
    facts = store.transaction(number.id, wanted.id, system.today) | {"registration_id": registration_id}
    work.session.add(Transaction(**facts))
    work.session.flush()


def _says(transaction: Transaction, wanted: Registration) -> bool:
    """Say whether a transaction that went out, or could not be written, is about what is wanted."""
    if transaction.file_id is None:
        return transaction.registration_id == wanted.id
    if wanted.kind is RegistrationKind.RECORD:
        return transaction.values_id == wanted.values_id
    return transaction.command == ("E" if wanted.kind is RegistrationKind.PORT_OUT else "C")


def _refused(work: UnitOfWork, number_id: int, wanted: Registration) -> bool:
    case = unclosed_case(work, number_id)
    if case is None or case.transaction_id is None:
        return False
    return _says(work.session.get_one(Transaction, case.transaction_id), wanted)


def _held(work: UnitOfWork, number_id: int, wanted: Registration) -> bool:
    record = work.session.get(AcceptedRecord, number_id)
    accepted = AcceptedState.NONE if record is None else record.state
    differs = _digest(work, wanted.values_id) != _digest(work, None if record is None else record.values_id)
    return needed_command(accepted, wanted.kind.wish, differs=differs, import_open=False).command is None


def _digest(work: UnitOfWork, values_id: int | None) -> str | None:
    return work.session.scalar(select(RecordValues.digest).where(RecordValues.id == values_id))


def _went_out(work: UnitOfWork, registration_id: int) -> bool:
    """Say whether something was decided about a registration before: sent, taken up into what was sent, or needless."""
    own = select(Transaction).where(Transaction.registration_id == registration_id)
    for transaction in work.session.scalars(own):
        if transaction.state not in UNSENT:
            return True
        if transaction.folded_into is not None:
            survivor = work.session.get(Transaction, transaction.folded_into)
            if survivor is not None and survivor.state not in UNSENT:
                return True
    return False


def _open_case_again(system: System, work: UnitOfWork, actor: Actor, number_id: int) -> None:
    """A case that waits for what was just taken back waits for a person again."""
    case = unclosed_case(work, number_id)
    if case is None or case.state is not CaseState.RESENT:
        return
    refused_at = work.session.scalar(
        select(func.max(ReplyFile.collected_at))
        .join(Reply, Reply.reply_file_id == ReplyFile.id)
        .where(Reply.transaction_id == case.transaction_id)
    )
    newer = select(Transaction.id).where(
        Transaction.number_id == number_id,
        Transaction.id > (case.transaction_id or 0),
        Transaction.state.in_(IN_FLIGHT)
        | (
            Transaction.state.in_(WAITING)
            # What was planned for a later day before the refusal does not answer it.
            & ((Transaction.due_on <= system.today) | (Transaction.created_at >= (refused_at or case.opened_at)))
        ),
    )
    if work.session.scalar(newer.limit(1)) is None:
        wait_again(system, work, actor, case)
