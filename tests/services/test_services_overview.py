"""Lists of numbers: the status in SQL is the status of the domain, pages and search, and the missing list."""

from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from stage import location, number

from app.domain.cases import CaseState
from app.domain.commands import AcceptedState
from app.domain.registrations import RegistrationKind, RegistrationState
from app.domain.statuses import Facts, Status, status_of
from app.domain.transactions import TransactionState
from app.models.exports import Transaction
from app.models.numbers import Number
from app.models.records import AcceptedRecord, Registration
from app.models.replies import Case
from app.services.locations.ceasing import cease_numbers
from app.services.overview import list_numbers, number_id_of, number_line
from app.services.records import missing_records, show_record
from app.services.status_column import status_column
from validators.numbers import read_number

places = count()
facts = st.builds(
    Facts,
    ceased_on=st.none() | st.integers(-2, 2).map(timedelta),
    accepted=st.sampled_from(AcceptedState),
    in_review=st.booleans(),
    waits=st.booleans(),
    in_flight=st.booleans(),
    case=st.none() | st.sampled_from(CaseState),
    said=st.just(value=False),
    moves_away=st.booleans(),
    barred=st.booleans(),
    claimed=st.booleans(),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(known=facts, said=st.booleans())
def test_the_status_in_sql_is_the_status_of_the_domain(stage, known, said):
    ceased_on = None if known.ceased_on is None else stage.today + known.ceased_on
    said = said or known.in_review or known.moves_away
    with stage.system.database.unit_of_work() as work:
        number_id = store(stage, work.session, known, ceased_on, said=said)
        work.commit()
    # a closed case is none, as far as the status goes
    case = None if known.case is CaseState.CLOSED else known.case
    expected = Facts(
        ceased_on,
        known.accepted,
        known.in_review,
        known.waits,
        known.in_flight,
        case,
        said,
        known.moves_away,
        known.barred,
        known.claimed,
    )
    with stage.system.database.reading() as look:
        found = look.session.scalar(select(status_column(stage.today)).where(Number.id == number_id))
    assert Status(found) is status_of(expected, stage.today)


def store(stage, session, known, ceased_on, *, said):
    """Put rows into the database of which the facts hold."""
    now, today = stage.clock.now(), stage.today
    item = Number(
        number=read_number(number(next(places))),
        account_id=stage.account,
        in_use_from=today,
        ceased_on=ceased_on,
        barred_at=now if known.barred else None,
        claimed=known.claimed,
        created_at=now,
    )
    session.add(item)
    session.flush()
    if known.accepted is not AcceptedState.NONE or known.waits:
        session.add(AcceptedRecord(number_id=item.id, state=known.accepted, changed_at=now))

    def say(state, kind=RegistrationKind.CEASE):
        session.add(
            Registration(
                number_id=item.id,
                account_id=stage.account,
                kind=kind,
                state=state,
                effective_date=today,
                due_on=today,
                submitted_by="test",
                submitted_at=now,
            )
        )

    if known.in_review:
        say(RegistrationState.REVIEW)
    if known.moves_away:
        say(RegistrationState.ACCEPTED, RegistrationKind.PORT_OUT)
    if said:
        say(RegistrationState.RETURNED)
    states = [TransactionState.COMPLETED]
    states += [TransactionState.ON_HOLD] if known.waits else []
    states += [TransactionState.ERROR] if known.in_flight else []
    for state in states:
        session.add(Transaction(number_id=item.id, cause="test", state=state, due_on=today, created_at=now))
    if known.case is not None:
        facts = {"code": "0102", "text": "", "opened_at": now, "due_at": now}
        session.add(Case(number_id=item.id, state=known.case, **facts))
    session.flush()
    return item.id


@pytest.fixture
def many(stage):
    """Twelve numbers of one account in five states, one of another."""
    stage.live(0, 1, 2, 3)
    stage.register(4)
    stage.register(5)
    stage.night()
    rows = stage.rows()
    stage.car(stage.reply(rows[0], "0102"))
    stage.collect()
    cease_numbers(stage.system, stage.customer, [number(3)])
    for place in range(6, 12):
        stage.register(place, name="Waiting Ltd" if place % 2 else "Patient Ltd", postcode="LS1 4AP")
    stage.register(20, actor=stage.other_customer, name="Lockside Dental")
    return stage


def test_the_worst_comes_first_and_everything_is_counted(many):
    page = list_numbers(many.system, many.customer, many.account)
    statuses = [line.status for line in page.lines]
    assert statuses == sorted(statuses, key=list(Status).index)
    assert page.counts == {Status.REJECTED: 1, Status.SENT: 1, Status.WAITING: 6, Status.LIVE: 3, Status.CEASED: 1}
    assert (page.total, page.pages) == (12, 1)
    assert list_numbers(many.system, many.staff, None).total == 13
    rejected = page.lines[0]
    assert (rejected.number, bool(rejected.case_text), rejected.case_resent) == (number(4), True, False)


def test_pages_hold_every_number_once(many):
    seen = []
    for page in range(1, 6):
        found = list_numbers(many.system, many.customer, many.account, page=page, per_page=5)
        assert (found.page, found.pages, found.total) == (min(page, 3), 3, 12)
        seen += [line.number for line in found.lines] if page <= 3 else []
    assert sorted(seen) == [number(place) for place in range(12)]


def test_a_status_is_chosen_and_the_counts_stay(many):
    page = list_numbers(many.system, many.customer, many.account, Status.LIVE)
    assert [line.number for line in page.lines] == [number(0), number(1), number(2)]
    assert (page.total, page.counts[Status.WAITING]) == (3, 6)
    assert {line.held["postcode"] for line in page.lines} == {"LS11 5DF"}


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("waiting", 3),
        ("LS1 4AP", 6),
        ("ls11", 6),
        (number(4), 1),
        ("+44 1632 960004", 1),
        ("0044 1632 960004", 1),
        ("01632 9600", 12),
        ("100%", 0),
        ("_", 0),
        ("lockside", 0),
        ("  ", 12),
    ],
)
def test_a_search_finds_by_digits_name_and_postcode(many, search, found):
    assert list_numbers(many.system, many.customer, many.account, search=search).total == found


def test_the_missing_list_names_what_has_no_accepted_record_with_its_age(many):
    many.tomorrow(3)
    missing = missing_records(many.system, many.staff)
    assert {line["number"] for line in missing} == {number(place) for place in (4, 5, *range(6, 12), 20)}
    assert {line["age_days"] for line in missing} == {3}
    many.night()
    many.accept()
    # what is in flight and what was refused still have none
    assert {line["number"] for line in missing_records(many.system, many.staff)} == {number(4), number(5)}


def test_a_number_that_is_not_in_use_yet_is_not_missing(stage):
    stage.register(1, effective_date=stage.day(5))
    assert missing_records(stage.system, stage.staff) == []
    stage.tomorrow(6)
    assert [line["age_days"] for line in missing_records(stage.system, stage.staff)] == [1]


def test_a_record_shows_wanted_accepted_transactions_and_replies(many):
    record = show_record(many.system, many.customer, number(4))
    assert (record["status"], record["accepted_state"], record["accepted"]) == ("rejected", "none", None)
    assert record["wanted"]["name"] == "HARTWELL LTD"
    (transaction,) = record["transactions"]
    assert (transaction["command"], transaction["state"], transaction["rec_no"]) == ("A", "ERROR_FINAL", 1)
    assert transaction["file_name"] == many.files()[-1].file_name
    assert [reply["code"] for reply in transaction["replies"]] == ["0102"]
    unknown = show_record(many.system, many.customer, number(999))
    assert (unknown["status"], unknown["transactions"]) == ("unknown", [])


def test_a_number_is_named_by_its_id(many):
    number_id = number_id_of(many.system, many.customer, "01632 960 004")
    line = number_line(many.system, many.customer, number_id)
    assert (line.number, line.wanted["name"]) == (number(4), location(4).name.upper())
