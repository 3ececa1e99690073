"""Registering: looked at first, stored once, shared addresses moved together, unchanged rows left alone."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from stage import location, number

from app.errors import Conflict, NotFound, Refused
from app.models.accounts import Account
from app.models.exports import Transaction
from app.models.numbers import Address, Number
from app.models.records import RecordValues, Registration
from app.services.casework.listing import list_cases
from app.services.casework.mending import fix_case
from app.services.casework.showing import show_case
from app.services.casework.working import close_case, take_case
from app.services.locations.ceasing import cease_numbers
from app.services.locations.registering import (
    change_address,
    check_location,
    current_location,
    register_location,
    share_of_address,
)


def test_looking_stores_nothing(stage):
    found = check_location(stage.system, stage.customer, stage.account, location(1, name="Café Zürich Ltd"))
    assert (found.standing, found.sent["name"], found.sent["locality"]) == ("accepted", "CAFE ZURICH LTD", "LEEDS")
    assert {change.kind for change in found.changes} >= {"capitals", "transliterated"}
    for row in (Number, Registration, RecordValues, Address, Transaction):
        assert stage.all(row) == []


def test_a_refused_location_stores_nothing_and_says_everything(stage):
    with pytest.raises(Refused) as refused:
        stage.register(1, name="", postcode="LS11 5DFX", premises="TBC", effective_date="soon")
    fields = {problem.field for problem in refused.value.problems}
    assert {"name", "postcode", "premises", "effective_date"} <= fields
    assert stage.all(Registration) == []


def test_what_was_typed_and_what_will_be_sent_are_both_kept(stage):
    stage.register(1, name="Café Zürich Ltd", locality="Holbeck")
    typed = current_location(stage.system, stage.customer, number(1))
    assert (typed.name, typed.locality, typed.effective_date) == ("Café Zürich Ltd", "Holbeck", "")
    (values,) = stage.all(RecordValues)
    assert (values.name, values.locality, values.post_town) == ("CAFE ZURICH LTD", "HOLBECK, LEEDS", "LEEDS")


def test_what_is_unchanged_is_not_stored_again(stage):
    assert stage.register(1).standing == "accepted"
    again = stage.register(1)
    assert (again.standing, [problem.code for problem in again.problems if problem.code == "R04"]) == (
        "unchanged",
        ["R04"],
    )
    assert len(stage.all(Transaction)) == 1
    assert stage.register(1, effective_date=stage.day(5)).standing == "unchanged"
    assert stage.register(1, name="Hartwell Limited").standing == "accepted"


def test_the_same_content_for_an_earlier_day_is_a_change(stage):
    stage.register(1, effective_date=stage.day(5))
    assert stage.register(1, effective_date=stage.day(9)).standing == "unchanged"
    assert stage.register(1, effective_date=stage.day(3)).standing == "accepted"


def test_staying_where_one_is_unsays_a_move(stage):
    stage.live(1)
    stage.register(1, premises="Unit 9", effective_date=stage.day(5))
    assert stage.register(1).standing == "unchanged", "today nothing changes, and the move still stands"
    assert stage.register(1, effective_date=stage.day(5)).standing == "accepted"


@pytest.fixture
def shared(stage):
    """Three numbers at one address, and one elsewhere."""
    for place in (1, 2, 3):
        stage.register(place, name=f"Desk {place}")
    stage.register(4, premises="Unit 4")
    return stage


def test_one_address_serves_many_numbers_and_moves_them_all(shared):
    stage = shared
    assert len(stage.all(Address)) == 2
    assert share_of_address(stage.system, stage.customer, number(1)) == [number(2), number(3)]
    moved = change_address(
        stage.system,
        stage.customer,
        number(2),
        location(2, name="Front desk", premises="Canal Wharf", postcode="LS11 5PS"),
    )
    assert [item.standing for item in moved] == ["accepted"] * 3
    stage.night()
    assert [(row.telephone_no[-1], row.name, row.premises, row.postcode) for row in stage.rows()] == [
        ("4", "HARTWELL LTD", "UNIT 4", "LS11 5DF"),
        ("1", "DESK 1", "CANAL WHARF", "LS11 5PS"),
        ("2", "FRONT DESK", "CANAL WHARF", "LS11 5PS"),
        ("3", "DESK 3", "CANAL WHARF", "LS11 5PS"),
    ]


def test_a_refused_move_moves_none(shared):
    stage = shared
    before = len(stage.all(Registration))
    with pytest.raises(Refused):
        change_address(stage.system, stage.customer, number(2), location(2, premises=""))
    assert len(stage.all(Registration)) == before


def test_a_number_without_an_address_gets_its_first_by_a_move(stage):
    stage.live(1)
    cease_numbers(stage.system, stage.customer, [number(1)])
    stage.night()
    stage.accept()
    moved = change_address(stage.system, stage.customer, number(1), location(1, premises="Canal Wharf"))
    assert [item.standing for item in moved] == ["accepted"]


def test_a_fix_takes_one_number_off_a_shared_address(shared):
    stage = shared
    stage.night()
    stage.answer("0102", 1)
    case = stage.case(1)
    shown = show_case(stage.system, stage.staff, case["id"])
    assert (shown["field_at_fault"], shown["shared_with"]) == ("premises", [number(2), number(3)])
    assert (shown["sent"]["premises"], shown["typed"].name) == ("PENNANT HOUSE", "Desk 1")
    fix_case(stage.system, stage.staff, case["id"], {"premises": "Canal Wharf"})
    assert share_of_address(stage.system, stage.customer, number(1)) == []
    assert share_of_address(stage.system, stage.customer, number(2)) == [number(3)]


def test_a_fix_of_the_whole_address_moves_all(shared):
    stage = shared
    stage.night()
    stage.answer("0102", 1)
    fix_case(
        stage.system,
        stage.staff,
        stage.case(1)["id"],
        {"premises": "Canal Wharf", "name": "Desk One"},
        whole_address=True,
    )
    assert share_of_address(stage.system, stage.customer, number(1)) == [number(2), number(3)]
    assert current_location(stage.system, stage.customer, number(2)).name == "Desk 2"


def test_a_fix_says_what_it_cannot_do(stage):
    stage.register(1)
    stage.night()
    stage.answer("0102")
    case = stage.case(1)["id"]
    for changes in ({}, {"number": number(2)}, {"colour": "red"}, {"postcode": "nonsense"}):
        with pytest.raises(Refused):
            fix_case(stage.system, stage.staff, case, changes)
    assert stage.case(1)["state"] == "open"
    with pytest.raises(NotFound):
        fix_case(stage.system, stage.staff, 999, {"premises": "x"})
    with pytest.raises(Refused):
        close_case(stage.system, stage.staff, case, " ")
    close_case(stage.system, stage.staff, case, "the customer has gone")
    with pytest.raises(Conflict):
        fix_case(stage.system, stage.staff, case, {"premises": "Unit 4"})
    assert list_cases(stage.system, stage.staff) == []
    (closed,) = list_cases(stage.system, stage.staff, closed=True)
    assert (closed["state"], closed["closed_why"]) == ("closed", "the customer has gone")


def test_a_fix_may_change_nothing_but_go_again(stage):
    stage.register(1)
    stage.night()
    stage.answer("0105")
    fix_case(stage.system, stage.staff, stage.case(1)["id"], {"effective_date": stage.today.isoformat()})
    stage.night()
    assert stage.sent() == [("A", "001")]


def test_a_refused_cease_is_fixed_by_its_date(stage):
    stage.live(1)
    cease_numbers(stage.system, stage.customer, [number(1)])
    stage.night()
    stage.answer("0105")
    case = stage.case(1)["id"]
    with pytest.raises(Refused):
        fix_case(stage.system, stage.staff, case, {"premises": "Unit 4"})
    assert fix_case(stage.system, stage.staff, case, {"effective_date": stage.day(1)}) is None
    stage.tomorrow()
    stage.night()
    assert [(row.command, row.effective_date) for row in stage.rows()] == [("C", stage.today)]
    stage.accept()
    assert stage.case(1)["state"] == "closed"


def test_a_case_about_a_file_closes_with_a_reason_alone(stage):
    stage.register(1)
    stage.night()
    stage.fco(reason="SEQGAP")
    stage.collect()
    (case,) = list_cases(stage.system, stage.staff)
    assert (case["number"], case["file_name"]) == (None, stage.files()[0].file_name)
    take_case(stage.system, stage.staff, case["id"])
    assert list_cases(stage.system, stage.staff)[0]["owner"] == stage.staff.name
    with pytest.raises(Conflict):
        fix_case(stage.system, stage.staff, case["id"], {"premises": "x"})
    close_case(stage.system, stage.staff, case["id"], "sent again")


def test_a_case_closes_by_an_accepted_record_or_a_reason_never_by_itself(stage):
    stage.register(1)
    stage.night()
    stage.answer("0102")
    stage.register(1, premises="Unit 4")
    for code in ("0013", "0018", "0103"):
        stage.night()
        if stage.rows():
            stage.answer(code)
        assert stage.case(1)["state"] == "resent"


def test_a_location_for_the_day_of_a_coming_end_keeps_the_number_in_use(stage):
    stage.live(1)
    cease_numbers(stage.system, stage.customer, [number(1)], stage.today.replace(day=10))
    stage.register(1, premises="Unit 4", effective_date="2027-03-10")
    assert stage.record(1)["status"] != "ceased"
    stage.tomorrow(7)
    stage.night()
    assert [(row.command, row.premises) for row in stage.rows()] == [("M", "UNIT 4")]
    stage.accept()
    assert stage.record(1)["status"] == "live"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("latitude", "53.7713" + "0" * 40),
        ("uprn", "1" * 13),
        ("name", "Long " * 200),
        ("premises", "Long " * 200),
        ("post_town", "Long " * 200),
        ("thoroughfare", "Long " * 200),
        ("reference", "R" * 500),
        ("line_type", "SATELLITE"),
        ("child_cupid", "12"),
        ("number", "9" * 40),
    ],
)
def test_what_is_too_long_is_refused_by_name_before_the_database_meets_it(stage, field, text):
    columns = {field: text} | ({"longitude": "-1.5487"} if field == "latitude" else {})
    place = text if field == "number" else 1
    columns.pop("number", None)
    with pytest.raises(Refused) as refused:
        stage.register(place, **columns)
    errors = {problem.field for problem in refused.value.problems if problem.severity == "error"}
    assert errors & {field, "locality"}


def test_a_location_names_no_account_that_is_not_there(stage):
    with pytest.raises(NotFound):
        register_location(stage.system, stage.staff, 99, location(1))


def test_a_child_cupid_stands_in_record_and_reference(stage):
    stage.register(1, child_cupid="013")
    stage.night()
    (row,) = stage.rows()
    assert (row.child_cupid, row.txn_ref[:8]) == ("013", "999/013/")
    stage.answer("0037")
    assert stage.record(1)["accepted"]["child_cupid"] == "013"
    cease_numbers(stage.system, stage.customer, [number(1)])
    stage.night()
    stage.answer("0038")
    assert stage.record(1)["accepted_state"] == "none"


def test_every_field_that_the_agent_can_see_makes_a_difference(stage):
    stage.live(1)
    filled = {
        "title": "Dr",
        "forename": "Ada",
        "name": "Lovegood",
        "honours": "OBE",
        "business_suffix": "Night desk",
        "locality": "Holbeck",
        "line_type": "DDI",
        "uprn": "100023336956",
        "reference": "NG-1",
    }
    said = {}
    for name, value in filled.items():
        said[name] = value
        assert stage.register(1, **said).standing == "accepted", name
        stage.night()
        assert stage.sent() == [("M", "001")], name
        stage.accept()
    record = stage.record(1)["accepted"]
    assert (record["title"], record["uprn"], record["line_type"]) == ("DR", "100023336956", "DDI")
    with stage.system.database.reading() as look:
        assert look.session.scalar(select(Number.line_type)) in {"", "DDI"}


def test_an_address_of_too_many_numbers_is_told_until_it_is_confirmed(stage):
    stage.system = replace(stage.system, settings=replace(stage.system.settings, numbers_per_address=2))
    stage.register(1)
    stage.register(2)
    told = stage.register(3)
    (finding,) = crowded(told)
    assert (finding.severity, "3 numbers" in finding.message) == ("warning", True)
    (again,) = crowded(stage.register(3, reference="B"))
    assert "3 numbers" in again.message  # it is no fourth one
    assert crowded(stage.register(4, address_confirmed="yes")) == []
    stage.register(4, premises="99")
    stage.register(3, premises="99")
    assert crowded(stage.register(2, reference="C")) == []


def crowded(judgement):
    return [problem for problem in judgement.problems if problem.code == "A05"]


def test_the_billing_address_is_no_installation_address_until_confirmed(stage):
    place = location(1)
    with stage.system.database.unit_of_work() as work:
        account = work.session.get_one(Account, stage.account)
        account.billing_address = f"{place.premises} {place.thoroughfare}, {place.post_town}"
        account.billing_postcode = place.postcode
        work.commit()
    with pytest.raises(Refused) as refused:
        stage.register(1)
    assert "A09" in [problem.code for problem in refused.value.problems]
    assert stage.register(1, address_confirmed="yes").standing == "accepted"
