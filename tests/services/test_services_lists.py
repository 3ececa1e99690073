"""The three lists: what stands in them, whom they are for, and that they come back as they are."""

import csv
import io

import pytest
from stage import number

from app.errors import NotFound
from app.models.accounts import Account
from app.services import lists
from app.services.barring import bar_number
from app.services.inventory import load_numbers
from app.services.lists import Which, list_csv, rows
from app.services.locations.ceasing import cease_numbers
from app.services.uploads import import_locations


def read(lines):
    return list(csv.DictReader(io.StringIO("".join(lines).removeprefix("\ufeff"))))


def numbers_of(found):
    return [row.location.number[-3:] for row in found]


@pytest.fixture
def various(stage, tmp_path):
    """1 is live, 2 rejected, 3 waits, 4 has no address, 5 is ceased, 6 barred, 7 another account's."""
    stage.live(1)
    stage.register(2)
    stage.night()
    stage.fco()
    stage.answer("0102", 2)
    stage.register(3, name="=Hartwell Ltd", voip_acknowledged="yes", line_type="VOIP", nomadic="yes")
    table = tmp_path / "in_use.csv"
    lines = [f"in_use,{number(place)},{number(place)},{stage.account}" for place in (4, 5, 6)]
    table.write_text("\n".join(["kind,start,end,account", *lines, ""]))
    load_numbers(stage.system, stage.cli, table)
    cease_numbers(stage.system, stage.cli, [number(5)])
    bar_number(stage.system, stage.staff, number(6))
    stage.register(7, actor=stage.other_customer)
    return stage


def test_each_list_has_its_numbers(various):
    def listed(which, account=None):
        return numbers_of(rows(various.system, various.staff, which, account))

    assert listed(Which.REJECTED) == ["002"]
    assert sorted(listed(Which.MISSING)) == ["002", "003", "004", "007"]
    assert sorted(listed(Which.ALL)) == ["001", "002", "003", "004", "006", "007"]
    assert sorted(listed(Which.ALL, various.account)) == ["001", "002", "003", "004", "006"]


def test_a_rejected_number_says_why_and_since_when(various):
    (row,) = rows(various.system, various.staff, Which.REJECTED)
    case = various.case(2)
    assert row.status == "rejected"
    assert row.reasons == f"{case['code']} {case['text']}"
    assert row.since == various.today
    assert row.location.premises == "Pennant House"


def test_what_is_being_checked_says_what_for(stage, directory):
    assert directory is None
    stage.register(1, postcode="LS1 9ZZ")
    (row,) = rows(stage.system, stage.staff, Which.MISSING)
    assert row.status == "in_review"
    assert "postcode" in row.reasons.lower()


def test_a_list_comes_back_as_it_is_and_changes_nothing(various):
    text = "".join(list_csv(various.system, various.staff, Which.ALL, various.account))
    listed = read(text)
    assert [row["name"] for row in listed if row["number"] == number(3)] == ["'=Hartwell Ltd"]
    kept = [row for row in listed if row["name"] and row["status"] != "rejected"]
    out = io.StringIO()
    writer = csv.DictWriter(out, listed[0])
    writer.writeheader()
    writer.writerows(kept)
    report = import_locations(
        various.system, various.customer, various.account, io.BytesIO(out.getvalue().encode("utf-8-sig"))
    )
    assert (report.rows, report.unchanged, report.refused) == (2, 2, 0), list(report.problems)


def test_the_billing_address_need_not_be_confirmed_once_more(stage):
    account = Account.__table__.update().where(Account.id == stage.account)
    stage.execute(account.values(billing_address="Pennant House, Dewsbury Road", billing_postcode="LS11 5DF"))
    stage.register(1, address_confirmed="yes")
    text = "".join(list_csv(stage.system, stage.customer, Which.ALL, stage.account))
    report = import_locations(stage.system, stage.customer, stage.account, io.BytesIO(text.encode()))
    assert (report.unchanged, report.refused) == (1, 0), list(report.problems)


def test_a_list_for_a_person_is_noted_and_a_customers_own_is_not(various):
    before = len(various.events())
    list(rows(various.system, various.customer, Which.ALL, various.account))
    assert various.events()[before:] == []
    lines = list_csv(various.system, various.staff, Which.MISSING)
    assert various.events()[before:] == ["personal_data_read"], "noted before the first line leaves"
    assert len(read(lines)) == 4


def test_customers_see_their_own_alone(various):
    for account in (None, various.other_account):
        with pytest.raises(NotFound):
            rows(various.system, various.customer, Which.ALL, account)


def test_more_than_are_read_at_once(stage, monkeypatch):
    monkeypatch.setattr(lists, "AT_ONCE", 2)
    for place in range(5):
        stage.register(place)
    assert len(list(rows(stage.system, stage.staff, Which.ALL))) == 5
    assert list(rows(stage.system, stage.staff, Which.REJECTED)) == []
