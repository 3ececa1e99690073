"""Two accounts, with one of everything that the address of a page can point at, and a person of every role."""

import io
from datetime import timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, select

from app.clock import FixedClock
from app.domain.actors import AccountRole, Actor, Role
from app.domain.people import SessionState
from app.domain.permissions import Permission, permitted_to
from app.domain.porting import Direction, PairState
from app.domain.registrations import RegistrationState
from app.models.accounts import ApiKey, User
from app.models.enquiries import Enquiry
from app.models.exports import ExportFile, Transaction
from app.models.messages import MessageThread
from app.models.numbers import Number
from app.models.people import OneTimeLink
from app.models.porting import PortPair
from app.models.records import Registration
from app.models.replies import Case, ReplyFile
from app.models.webhooks import WebhookEvent, WebhookSubscription
from app.services.accounts import Person, add_user, list_accounts, person_of
from app.services.api_keys import make_key
from app.services.demo import load_samples, night
from app.services.enquiries.asking import make_enquiry
from app.services.enquiries.typed import TypedEnquiry
from app.services.import_jobs import receive_upload
from app.services.inventory import load_numbers
from app.services.locations.registering import register_location
from app.services.messages.writing import write_to_customer
from app.services.people.invitations import invite
from app.services.people.sessions import begin_session, find_session
from app.services.people.visits import Visit
from app.services.setup import SETTING_UP
from app.services.system import System
from app.services.webhooks.replaying import send_test
from app.services.webhooks.subscriptions import add_subscription
from validators.columns import Location

PASSWORD = "four herons on a slow pond"
OPERATOR = Actor("cli", Role.OPERATIONS)
OTHER = "Quayside Cycles Ltd"
OTHERS_OWNER = "owner-of-the-other"
STRANGER = "stranger"
STAFF = (Role.OPERATIONS, Role.PRIVACY, Role.AUDITOR, Role.ADMINISTRATOR)
ROLES = (STRANGER, *(str(role) for role in (*AccountRole, *STAFF)))
NUMBERS = f"""kind,start,end,account,child_cupid,line_type,losing_cupid,port_date
in_use,01632960900,01632960902,{OTHER},,,,
ported_in,01632960910,01632960910,{OTHER},,,998,2027-03-20
"""
PLACE = {"name": "Lockside", "premises": "Unit 7", "thoroughfare": "Dewsbury Road", "post_town": "Leeds"}
# A post town that the postcode's area does not have: a person looks at it.
DOUBTED = {"post_town": "Penzance"}
FIXED: dict[str, object] = {
    "token": "0" * 32,
    "night": "2027-03-04",
    "which": "all",
    "seq": 1,
    "filename": "eld.css",
    "link": "x" * 43,
    "session_id": 4711,  # a stranger has none
}
CSV = b"number,name,post_town,postcode,premises\n01632960900,Lockside,Leeds,LS11 5DF,Unit 9\n"


ENQUIRY = TypedEnquiry("sales", "other", "Robin Ashdown", "robin@ashdown.example", message="Hello?", consent=True)


def email_of(role: str) -> str:
    return f"{role}@matrix.example"


def furnish(system: System, clock: FixedClock, folder: Path) -> None:
    """Make both accounts, what lies in them, and everybody."""
    load_samples(system)
    night(system)
    numbers = folder / "numbers.csv"
    numbers.write_text(NUMBERS)
    load_numbers(system, OPERATOR, numbers)
    for role in STAFF:
        add_user(system, SETTING_UP, email_of(role), role, PASSWORD)
    own, other = accounts(system)
    for role in AccountRole:
        _customer(system, role, own, str(role))
    _customer(system, AccountRole.OWNER, other, OTHERS_OWNER)
    _customer(system, AccountRole.VIEWER, other, "viewer-of-the-other")
    _open_pair(system)
    make_enquiry(system, ENQUIRY, Visit("192.0.2.7"))
    _fill(system, clock, person(system, AccountRole.OWNER))
    _fill(system, clock, person(system, OTHERS_OWNER))


def _open_pair(system: System) -> None:
    """Open the pair of a number that came from another provider, as the agent's answer to its import does."""
    with system.database.unit_of_work() as work:
        sent = work.session.scalars(select(Transaction).order_by(Transaction.id)).first()
        assert sent is not None
        pair = PortPair(
            number_id=sent.number_id,
            transaction_id=sent.id,
            direction=Direction.IMPORT,
            other_cupid="998",
            port_date=system.clock.now().date(),
            state=PairState.OPEN,
            opened_at=system.clock.now(),
        )
        work.session.add(pair)
        work.commit()


def accounts(system: System) -> tuple[int, int]:
    """Return the account that everybody of the matrix belongs to, and the other."""
    found = list_accounts(system, OPERATOR)
    return (
        next(account.id for account in found if account.name != OTHER),
        next(account.id for account in found if account.name == OTHER),
    )


def person(system: System, role: str) -> Person:
    with system.database.reading() as look:
        return person_of(look, look.session.scalars(select(User).where(User.email == email_of(role))).one())


def _customer(system: System, role: AccountRole, account_id: int, name: str) -> None:
    user_id = add_user(system, SETTING_UP, email_of(name), Role.CUSTOMER, PASSWORD, account_id)
    with system.database.unit_of_work() as work:
        work.session.get_one(User, user_id).account_role = role
        work.commit()


def _fill(system: System, clock: FixedClock, owner: Person) -> None:
    """Put a change for later, one for review, a message, a key, an invitation and a webhook into an account."""
    actor, account_id = owner.actor(), owner.account_id
    with system.database.reading() as look:
        mine = select(Number.number, Number.id).where(Number.account_id == account_id).order_by(Number.id).limit(2)
        (first, number_id), (second, _) = look.session.execute(mine)
    later = (clock.now() + timedelta(days=9)).date().isoformat()
    for e164, changes in ((first, {"effective_date": later}), (second, DOUBTED)):
        register_location(system, actor, account_id, Location(number=e164, postcode="LS11 5DF", **(PLACE | changes)))
    write_to_customer(system, OPERATOR, number_id, "Is it on the first floor?")
    make_key(system, actor, account_id, "Matrix", ["locations:read"])
    invite(system, actor, account_id, f"invited-{account_id}@matrix.example", AccountRole.VIEWER)
    hook = add_subscription(system, actor, account_id, f"https://hooks.example/{account_id}")
    send_test(system, actor, hook.id)


def objects_of(system: System, account_id: int, who: Person | None) -> dict[str, object]:
    """Return, by the names in the addresses of pages, one of each thing of an account, of a person, of the house."""
    own_numbers = select(Number.id).where(Number.account_id == account_id)
    other_people = User.email != (who.email if who else "")
    wanted: dict[str, tuple[object, ColumnElement[bool]]] = {
        "change_id": (Registration.id, Registration.account_id == account_id),
        "case_id": (Case.id, Case.number_id.in_(own_numbers)),
        "review_id": (Registration.id, Registration.state == RegistrationState.REVIEW),
        "file_name": (ExportFile.file_name, ExportFile.id > 0),
        "reply_file_id": (ReplyFile.id, ReplyFile.id > 0),
        "transaction_id": (Transaction.id, Transaction.number_id.in_(own_numbers)),
        "pair_id": (PortPair.id, PortPair.id > 0),
        "key_id": (ApiKey.id, ApiKey.account_id == account_id),
        "hook_id": (WebhookSubscription.id, WebhookSubscription.account_id == account_id),
        "event_id": (WebhookEvent.id, WebhookEvent.account_id == account_id),
        "user_id": (User.id, (User.account_id == account_id) & other_people),
        "thread_id": (MessageThread.id, MessageThread.account_id == account_id),
        "enquiry_id": (Enquiry.id, Enquiry.id > 0),
        "invitation_id": (OneTimeLink.id, (OneTimeLink.account_id == account_id) & (OneTimeLink.kind == "invitation")),
    }
    with system.database.reading() as look:
        found: dict[str, object] = {
            name: look.session.scalars(select(column).where(where).order_by(column.desc()).limit(1)).first()
            for name, (column, where) in wanted.items()
        }
        transaction = look.session.get(Transaction, found["transaction_id"])
        found["number_id"] = transaction and transaction.number_id
    if who is not None:
        found["session_id"] = _elsewhere(system, who)
    if who is not None and permitted_to(who.actor(), Permission.IMPORT_LOCATIONS):
        found["token"] = receive_upload(system, who.actor(), account_id, io.BytesIO(CSV)).token
    return FIXED | {"account_id": account_id} | found


def _elsewhere(system: System, who: Person) -> int:
    """Log a person in once more, somewhere else, and return that session."""
    with system.database.unit_of_work() as work:
        token = begin_session(work, who.id, SessionState.OPEN, Visit("192.0.2.7"), system.clock.now())
        work.commit()
    visiting = find_session(system, token)
    assert visiting is not None
    return visiting.session_id
