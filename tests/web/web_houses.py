"""Installations to look at: with nothing in it, after its first night, strict with its log-ins, on a day of trouble."""

import io
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from pyotp import TOTP
from sqlalchemy import select
from web_house_people import leave_things
from web_played import NOON, Played, demo_settings

from app.clock import FixedClock
from app.domain.actors import AccountRole, Actor, Role
from app.domain.alarms import AlarmKind
from app.errors import NightHeld
from app.models.accounts import User
from app.models.alarms import Alarm
from app.models.exports import Transaction
from app.models.numbers import Number
from app.models.records import Registration
from app.models.replies import Case, ReplyFile
from app.services.accounts import Person, add_user, only_account, person_of, staff_actor
from app.services.barring import bar_number
from app.services.casework.working import close_case, note_case, take_case
from app.services.demo import REHEARSAL, night
from app.services.exports.brake import release_night
from app.services.exports.night import run_export
from app.services.exports.urgent import correct_urgently
from app.services.import_jobs import receive_upload
from app.services.inventory import load_numbers
from app.services.locations.ceasing import cease_numbers, port_out
from app.services.locations.registering import current_location, register_location
from app.services.people.second_factor import begin_second_factor, confirm_second_factor
from app.services.porting import list_ports
from app.services.replies.collecting import collect_replies
from app.services.reviews import list_reviews, return_review
from app.services.setup import DEMO_LOGINS, DEMO_PASSWORD, SETTING_UP, set_up
from app.services.system import System, open_system
from validators.columns import Location

SAMPLES = Path(__file__).parents[2] / "samples"
FLYING, MOVED = "01134960101", ("01134960102", "01134960103")
PORTED_OUT = "01144960110"
PORTED = """kind,start,end,account,child_cupid,line_type,losing_cupid,port_date
ported_in,01632960910,01632960911,Harbour Lane Bakery Ltd,,,998,2027-03-20
"""
ROLES = (*AccountRole, Role.OPERATIONS, Role.PRIVACY, Role.AUDITOR, Role.ADMINISTRATOR)
DOUBTED = {"01632960870": {"postcode": "LS11 5DX"}, "01632960871": {"latitude": "53.8300", "longitude": "-1.5400"}}
PLACE = {
    "postcode": "LS11 5DF",
    "premises": "Pennant House",
    "thoroughfare": "Dewsbury Road",
    "post_town": "Leeds",
    "name": "Harbour Lane Bakery",
}


@dataclass
class House:
    """One installation; `things` are what the addresses of pages name."""

    system: System
    things: dict[str, object] = field(default_factory=dict)


def build(folder: Path, first_night: Path) -> dict[str, House]:
    """Make them in a folder, all but the first from an installation whose first night is over."""
    settings = demo_settings(folder / "empty", f"sqlite:///{folder / 'empty' / 'eld.db'}")
    set_up(settings, FixedClock(NOON))
    made = {"empty": House(open_system(settings, FixedClock(NOON)))}
    for name in ("quiet", "strict", "trouble"):
        (folder / name).mkdir()
        made[name] = House(Played(first_night, folder / name, FixedClock(NOON)).copy())
    for house in made.values():
        people(house.system)
    made["strict"] = strict(made["strict"].system)
    made["trouble"] = trouble(made["trouble"].system, folder)
    return made


def email_of(role: str) -> str:
    """Who has a role: the people of the demonstration where they do."""
    known = {AccountRole.OWNER: DEMO_LOGINS[0].email, Role.OPERATIONS: DEMO_LOGINS[1].email}
    return known.get(role, f"{role}@looked-at.example")


def people(system: System) -> None:
    """Everybody who may open a page."""
    for role in ROLES:
        if role in (AccountRole.OWNER, Role.OPERATIONS):
            continue
        of_account = role in tuple(AccountRole)
        kind = Role.CUSTOMER if of_account else role
        account = only_account(system) if of_account else None
        user_id = add_user(system, SETTING_UP, email_of(role), kind, DEMO_PASSWORD, account)
        if of_account:
            with system.database.unit_of_work() as work:
                work.session.get_one(User, user_id).account_role = role
                work.commit()


def person(system: System, role: str) -> Person:
    with system.database.reading() as look:
        return person_of(look, look.session.scalars(select(User).where(User.email == email_of(role))).one())


def strict(system: System) -> House:
    """Every member of staff needs a second factor, and the owner of the account has one."""
    system = replace(system, settings=replace(system.settings, second_factor="staff"))
    owner = person(system, AccountRole.OWNER).actor()
    made = begin_second_factor(system, owner, DEMO_PASSWORD)
    confirm_second_factor(system, owner, TOTP(made.secret).at(system.clock.now()))
    return House(system, {"secret": made.secret})


def trouble(system: System, folder: Path) -> House:
    """A case at work, a damaged reply, one in flight, a night that the brake holds, an alarm, and more."""
    port_out(system, REHEARSAL, PORTED_OUT, "456", system.today)
    night(system)
    system = replace(system, settings=replace(system.settings, brake_changes=1, brake_changes_percent=0.1))
    customer, sam = person(system, AccountRole.OWNER).actor(), staff_actor(system, DEMO_LOGINS[2].email)
    (folder / "ported.csv").write_text(PORTED)
    load_numbers(system, REHEARSAL, folder / "ported.csv")
    _casework(system, sam)
    system.clock.advance(timedelta(days=1))
    _night(system, sam)
    _portal(system, customer, sam)
    return House(system, _things(system, customer) | leave_things(system, customer))


def _casework(system: System, sam: Actor) -> None:
    take_case(system, sam, 1)
    note_case(system, sam, 1, "Rang the customer: they ask the landlord for the name of the building")
    inbox = system.settings.data_dir / "inbox"
    (inbox / f"{'x' * 150}.bin").write_bytes(b"rubbish\r\n")
    collect_replies(system, REHEARSAL)
    (inbox / "stray.bin").write_bytes(b"stray\r\n")
    collect_replies(system, REHEARSAL)
    close_case(system, sam, 2, "A stray file of a test, nothing was in it")


def _portal(system: System, customer: Actor, sam: Actor) -> None:
    account = only_account(system)
    for number, changes in DOUBTED.items():
        register_location(system, customer, account, Location(number=number, **(PLACE | changes)))
    register_location(system, customer, account, Location(number="01632960872", **(PLACE | {"postcode": "LS11 5DX"})))
    returned = next(one["id"] for one in list_reviews(system, sam) if one["number"] == "01632960872")
    return_review(system, sam, returned, "The directory has no LS11 5DX. Look the postcode up on a letter.")
    bar_number(system, customer, "01632960502")
    cease_numbers(system, customer, ["01632960503"], system.today + timedelta(days=20))
    later = (system.today + timedelta(days=9)).isoformat()
    register_location(system, customer, account, Location(number="01632960873", effective_date=later, **PLACE))


def _night(system: System, sam: Actor) -> None:
    """A file without an answer, an urgent correction that waits for it, and a night that needs a second word."""
    _move(system, FLYING)
    run_export(system, REHEARSAL)
    correct_urgently(system, sam, FLYING, {"premises": "Unit 9"}, "INC-2041")
    for number in MOVED:
        _move(system, number)
    try:
        run_export(system, REHEARSAL)
    except NightHeld:
        release_night(system, sam, system.today)
    told = "The job `night` fails since today 02:00: the line to the agent broke."
    with system.database.unit_of_work() as work:
        at = system.clock.now()
        work.session.add(Alarm(kind=AlarmKind.JOB_FAILS, subject="night", text=told, raised_at=at, cleared_at=None))
        work.commit()


def _move(system: System, number: str) -> None:
    there = replace(current_location(system, REHEARSAL, number), premises="Unit 4")
    register_location(system, REHEARSAL, only_account(system), there)


def _things(system: System, customer: Actor) -> dict[str, object]:
    with system.database.reading() as look:
        numbers = dict(look.session.execute(select(Number.number, Number.id)).all())
        files = look.session.scalars(select(ReplyFile.id).order_by(ReplyFile.id)).all()
        flying = look.session.scalars(
            select(Transaction.id).where(Transaction.number_id == numbers["+441134960101"]).order_by(Transaction.id)
        ).all()
        later = look.session.scalars(
            select(Registration.id).where(Registration.number_id == numbers["+441632960873"])
        ).first()
        cases = look.session.scalars(select(Case.id).order_by(Case.id)).all()
    faulty, account = (SAMPLES / "locations-with-faults.csv").read_bytes(), only_account(system)
    operator = person(system, Role.OPERATIONS).actor()
    uploads = [receive_upload(system, who, account, io.BytesIO(faulty)).token for who in (customer, operator)]
    return {
        "numbers": numbers,
        "flying": numbers["+441134960101"],
        "flight": flying[-2],
        "needs": numbers["+441632960504"],
        "returned": numbers["+441632960872"],
        "doubted": numbers["+441632960870"],
        "barred": numbers["+441632960502"],
        "ceasing": numbers["+441632960503"],
        "planned": numbers["+441632960873"],
        "live": numbers["+441154960120"],
        "change": later,
        "closed": cases[1],
        "damaged": files[-2],
        "reply": files[1],
        "upload": uploads[0],
        "staff_upload": uploads[1],
        "pair": next(port["id"] for port in list_ports(system, REHEARSAL) if port["id"]),
    }
