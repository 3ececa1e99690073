"""A planned change is taken back: what the next nights send, and what becomes of everything about it."""

import time
from datetime import timedelta
from threading import Thread

import pytest
from stage import number

from app.domain.actors import Actor, Role
from app.errors import Conflict, NotAllowed, NotFound
from app.models.exports import Transaction
from app.models.numbers import Number
from app.models.records import Registration
from app.services.barring import bar_number
from app.services.casework.mending import fix_case
from app.services.exports import fixing
from app.services.inventory import load_numbers
from app.services.locations.cancelling import cancel_change, foresee_cancelling
from app.services.locations.ceasing import cease_numbers, port_out
from app.services.locations.planned import planned, planned_of
from app.services.reviews import list_reviews, return_review
from app.services.transactions import abandon

NOT_IN_DIRECTORY = "LS1 9ZZ"


def only(stage, place=1):
    (change,) = planned(stage.system, stage.customer, number(place))
    return change


def cancel(stage, change, actor=None):
    return cancel_change(stage.system, actor or stage.customer, change.id)


def cease(stage, days=0, place=1):
    cease_numbers(stage.system, stage.customer, [number(place)], stage.today + timedelta(days=days))


def nights(stage, count=3):
    """What the next nights send, each accepted by the agent."""
    sent = []
    for _ in range(count):
        stage.night()
        sent += [(row.command, row.premises) for row in stage.rows() if row.telephone_no == number(1)]
        stage.accept()
        stage.tomorrow()
    return sent


def ceased_on(stage):
    return next(item.ceased_on for item in stage.all(Number) if item.id == stage.number_id(1))


# the table: what the agent holds x what is planned

ACCEPTED = {
    "none": lambda _: None,
    "live": lambda stage: stage.live(1),
    "in flight": lambda stage: (stage.register(1), stage.night()),
}
PLANS = {
    "record today": lambda stage: stage.register(1, premises="Unit 2"),
    "record tomorrow": lambda stage: stage.register(1, premises="Unit 2", effective_date=stage.day(1)),
    "name tomorrow": lambda stage: stage.register(1, name="Hartwell and Sons", effective_date=stage.day(1)),
    "cease today": cease,
    "cease tomorrow": lambda stage: cease(stage, 1),
    "port-out today": lambda stage: port_out(stage.system, stage.customer, number(1), "456", stage.today),
    "port-out tomorrow": lambda stage: port_out(
        stage.system, stage.customer, number(1), "456", stage.today + timedelta(days=1)
    ),
    "review": lambda stage: stage.register(1, postcode=NOT_IN_DIRECTORY),
}
KINDS = {"record": "record", "name": "record", "cease": "cease", "port-out": "port_out", "review": "record"}


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("accepted", ACCEPTED)
def test_what_was_said_before_holds_again(stage, directory, tmp_path, accepted, plan):
    assert directory is None
    table = tmp_path / "numbers.csv"
    table.write_text(f"kind,start,account\nin_use,{number(1)},{stage.account}\n")
    load_numbers(stage.system, stage.cli, table)
    ACCEPTED[accepted](stage)
    before = stage.record(1)
    PLANS[plan](stage)

    change = only(stage)
    assert change.kind == KINDS[plan.partition(" ")[0]]
    assert change.waits == ("review" if plan == "review" else "waiting")
    assert (change.sent is None) is (change.kind != "record")
    assert change.due_on == stage.today + timedelta(days="tomorrow" in plan)
    foreseen = foresee_cancelling(stage.system, stage.customer, change.id)
    assert foreseen.kind == (None if accepted == "none" else "record")
    assert foreseen.sent == before["wanted"] or {**foreseen.sent, "latitude": "", "longitude": ""} == before["wanted"]

    assert cancel(stage, change) == foreseen
    assert planned_of(stage.system, stage.customer, stage.number_id(1)) == []
    assert ceased_on(stage) is None
    after = stage.record(1)
    assert {key: after[key] for key in ("status", "wanted", "accepted")} == {
        key: before[key] for key in ("status", "wanted", "accepted")
    }
    assert {item["state"] for item in after["transactions"]} <= {"CANCELLED", "COMPLETED", "DELIVERED"}
    if accepted == "in flight":
        stage.accept()
    assert nights(stage) == []
    assert stage.record(1)["accepted_state"] == ("none" if accepted == "none" else "live")
    assert stage.events().count("change_cancelled") == 1


# what was said before goes out where it has not yet


def test_the_word_before_it_goes_out(stage):
    stage.live(1)
    stage.register(1, premises="Unit 2")
    stage.register(1, premises="Unit 3")
    replaced, last = planned(stage.system, stage.customer, number(1))
    assert (replaced.replaced, last.replaced) == (True, False)
    assert cancel(stage, last).sent["premises"] == "UNIT 2"
    assert not only(stage).replaced
    assert nights(stage) == [("M", "UNIT 2")]


def test_a_change_that_an_end_had_cancelled_for_today_goes_out_and_can_be_taken_back_in_turn(stage):
    stage.live(1)
    stage.register(1, premises="Unit 2")
    cease(stage)
    assert cancel(stage, only(stage)).sent["premises"] == "UNIT 2"
    waiting = only(stage)
    assert waiting.sent["premises"] == "UNIT 2"
    assert stage.record(1)["status"] == "waiting"
    assert cancel(stage, waiting).sent["premises"] == "PENNANT HOUSE"
    assert nights(stage) == []
    assert stage.states(1) == ["COMPLETED", "CANCELLED", "CANCELLED", "CANCELLED"]


def test_a_change_said_while_another_is_in_flight_goes_out_after_it(stage):
    stage.register(1)
    stage.night()
    stage.register(1, premises="Unit 2")
    cease(stage)
    cancel(stage, only(stage))
    stage.accept()
    assert nights(stage) == [("M", "UNIT 2")]


def test_what_had_to_heal_heals_though_an_end_was_said_between(stage):
    stage.register(1)
    stage.night()
    abandon(stage.system, stage.staff, file_name=stage.files()[-1].file_name, why="nobody answers")
    cease(stage)
    cancel(stage, only(stage))
    assert planned(stage.system, stage.customer, number(1)) == [], "it has gone out once"
    assert nights(stage) == [("M", "PENNANT HOUSE")]


# ends of use


def test_an_end_that_a_later_address_had_lifted_stands_again(stage):
    stage.live(1)
    cease(stage, 2)
    stage.register(1, premises="Unit 2", effective_date=stage.day(3))
    assert ceased_on(stage) is None
    end, record = planned(stage.system, stage.customer, number(1))
    foreseen = cancel(stage, record)
    assert (foreseen.kind, foreseen.ends_on) == ("cease", end.effective_date)
    assert ceased_on(stage) == end.effective_date
    assert nights(stage, 4) == [("C", "")]
    assert stage.record(1)["status"] == "ceased"


def test_an_end_that_was_lifted_can_be_taken_back_and_the_address_stays(stage):
    stage.live(1)
    cease(stage, 1)
    stage.register(1, premises="Unit 2", effective_date=stage.day(2))
    cancel(stage, planned(stage.system, stage.customer, number(1))[0])
    assert ceased_on(stage) is None
    assert nights(stage, 4) == [("M", "UNIT 2")]


def test_what_an_end_had_cancelled_stays_cancelled_and_is_told(stage):
    stage.live(1)
    day = stage.today
    cease(stage, 9)
    stage.register(1, premises="Unit 2", effective_date=stage.day(3))
    stage.register(1, premises="Unit 3", effective_date=stage.day(5))
    cancel(stage, planned(stage.system, stage.customer, number(1))[1])  # Unit 3: by itself, not by the end
    stage.register(1, premises="Unit 4", effective_date=stage.day(1))
    cease(stage, 2)
    told = cancel(stage, planned(stage.system, stage.customer, number(1))[-1])
    assert told.lost == (("record", day + timedelta(days=3)), ("cease", day + timedelta(days=9)))
    assert told.as_dict()["stays_cancelled"][0] == {"kind": "record", "effective_date": "2027-03-06"}
    assert ceased_on(stage) is None
    assert nights(stage, 12) == [("M", "UNIT 4")]


def test_the_first_address_taken_back_leaves_a_number_that_needs_one(stage):
    stage.register(1)
    told = cancel(stage, only(stage))
    assert (told.kind, told.sent, told.ends_on) == (None, None, None)
    assert stage.record(1)["status"] == "needs_address"
    assert nights(stage) == []
    assert stage.register(1).standing == "accepted"
    assert nights(stage) == [("A", "PENNANT HOUSE")]


def test_a_number_that_came_back_and_was_given_up_again_leaves_no_record(stage):
    stage.live(1)
    cease(stage)
    stage.register(1, premises="Unit 2")
    told = cancel(stage, only(stage))
    assert (told.kind, told.ends_on) == ("no_record", None)
    assert nights(stage) == [("C", "")]


# cases and reviews


def refused(stage):
    stage.register(1, premises="Unit 7")
    stage.night()
    stage.answer("0102")
    return stage.case(1)["id"]


def test_a_case_whose_fix_is_taken_back_is_open_again_and_nothing_is_sent(stage):
    case = refused(stage)
    fix_case(stage.system, stage.staff, case, {"premises": "Unit 8"})
    assert stage.case(1)["state"] == "resent"
    cancel(stage, only(stage))
    assert (stage.case(1)["state"], stage.record(1)["status"]) == ("open", "rejected")
    assert nights(stage) == [], "what was refused goes again after a fix or a newer word alone"


@pytest.mark.parametrize("other", ["waits", "in flight", "planned before"])
def test_a_case_stays_resent_while_another_answer_to_it_is_under_way(stage, other):
    stage.register(1, premises="Unit 7")
    stage.night()
    if other == "planned before":
        stage.register(1, premises="Unit 9", effective_date=stage.day(5))
    stage.clock.advance(timedelta(hours=1))
    stage.answer("0102")
    if other != "planned before":
        stage.register(1, premises="Unit 8")
    if other == "in flight":
        stage.night()
    stage.register(1, premises="Unit 9", effective_date=stage.day(0 if other == "planned before" else 4))
    newest = max(planned(stage.system, stage.customer, number(1)), key=lambda change: change.id)
    cancel(stage, newest)
    assert stage.case(1)["state"] == ("open" if other == "planned before" else "resent")


def test_an_end_that_is_taken_back_leaves_the_case_open(stage):
    stage.live(1)
    refused(stage)
    cease(stage)
    assert stage.case(1)["state"] == "resent"
    cancel(stage, only(stage))
    assert stage.case(1)["state"] == "open"
    assert nights(stage) == []


def test_the_end_said_again_in_a_case_is_taken_back_and_the_use_has_ended_as_before(stage):
    stage.live(1)
    cease(stage)
    stage.night()
    stage.answer("0105")
    ended = ceased_on(stage)
    stage.tomorrow()
    fix_case(stage.system, stage.staff, stage.case(1)["id"], {"effective_date": stage.today.isoformat()})
    told = cancel(stage, only(stage))
    assert (told.kind, told.ends_on, ceased_on(stage)) == ("cease", ended, ended)
    assert stage.case(1)["state"] == "open"
    assert nights(stage) == []


@pytest.mark.parametrize("second", ["accepted", "review"])
def test_a_review_that_gave_way_waits_again(stage, directory, second):
    assert directory is None
    stage.live(1)
    stage.register(1, postcode=NOT_IN_DIRECTORY, premises="Unit 2")
    (review,) = list_reviews(stage.system, stage.staff)
    stage.register(1, premises="Unit 3", **({"postcode": "LS1 9ZY"} if second == "review" else {}))
    assert cancel(stage, only(stage)).review_again
    assert [item["id"] for item in list_reviews(stage.system, stage.staff)] == [review["id"]]
    assert only(stage).id == review["id"]
    cancel(stage, only(stage))
    assert list_reviews(stage.system, stage.staff) == []
    assert nights(stage) == []


def test_what_was_returned_is_put_away_until_something_else_is_said(stage, directory):
    assert directory is None
    stage.live(1)
    stage.register(1, postcode=NOT_IN_DIRECTORY)
    (review,) = list_reviews(stage.system, stage.staff)
    return_review(stage.system, stage.staff, review["id"], "Which building is it?")
    returned = only(stage)
    assert returned.waits == "returned"
    stage.register(1, premises="Unit 2")
    assert [change.waits for change in planned(stage.system, stage.customer, number(1))] == ["waiting"]
    with pytest.raises(Conflict, match="something else was said"):
        cancel(stage, returned)
    cancel(stage, only(stage))
    cancel(stage, returned)
    assert {item.state for item in stage.all(Registration) if item.id == returned.id} == {"CANCELLED"}


# what cannot be taken back


def test_what_has_gone_out_cannot_be_taken_back(stage):
    stage.register(1)
    change = only(stage)
    stage.night()
    for answer in (False, True):
        if answer:
            stage.accept()
        with pytest.raises(Conflict, match=r"has gone out to the agent in BT1999\d{8}.DAT"):
            cancel(stage, change)
        with pytest.raises(Conflict):
            foresee_cancelling(stage.system, stage.customer, change.id)
    assert stage.record(1)["status"] == "live"


def test_what_is_no_plan_says_so(stage):
    stage.register(1)
    change = only(stage)
    cancel(stage, change)
    with pytest.raises(Conflict, match="cancelled already"):
        cancel(stage, change)
    stage.live(1)
    stage.register(1, premises="Unit 2")
    stage.register(1)
    needless = max(planned(stage.system, stage.customer, number(1)), key=lambda item: item.id)
    stage.night()
    with pytest.raises(Conflict, match="nothing waits to be sent"):
        cancel(stage, needless)
    with pytest.raises(NotFound):
        cancel_change(stage.system, stage.staff, 999_999)


def test_a_bar_is_lifted_and_not_taken_back(stage):
    stage.live(1)
    bar_number(stage.system, stage.customer, number(1))
    assert planned(stage.system, stage.customer, number(1)) == []
    (end,) = [item for item in stage.all(Registration) if item.kind == "no_record"]
    with pytest.raises(Conflict, match="lift the bar instead"):
        cancel(stage, end)


def test_another_accounts_plans_are_not_found(stage):
    stage.register(1)
    change = only(stage)
    for act in (
        lambda: cancel(stage, change, stage.other_customer),
        lambda: foresee_cancelling(stage.system, stage.other_customer, change.id),
        lambda: planned(stage.system, stage.other_customer, number(1)),
        lambda: planned(stage.system, stage.other_customer, number(2)),
        lambda: planned_of(stage.system, stage.other_customer, change.number_id),
    ):
        with pytest.raises(NotFound) as told:
            act()
        assert str(told.value) == "there is no such number, or it is not in your account"
    with pytest.raises(NotAllowed):
        cancel(stage, change, Actor("auditor", Role.AUDITOR))
    assert cancel(stage, change, stage.cli).change == change


def test_what_a_former_holder_planned_is_nobodys(stage):
    stage.live(1)
    cease(stage)
    end = only(stage)
    stage.register(1, actor=stage.other_customer, name="Lockside Dental")
    with pytest.raises(NotFound):
        cancel(stage, end)
    with pytest.raises(Conflict, match="former holder"):
        cancel(stage, end, stage.staff)
    (theirs,) = planned(stage.system, stage.staff, number(1))
    assert theirs.sent["name"] == "LOCKSIDE DENTAL"


def test_staff_who_look_at_plans_are_noted(stage):
    stage.register(1)
    planned(stage.system, stage.customer, number(1))
    assert "personal_data_read" not in stage.events()
    (change,) = planned(stage.system, stage.staff, number(1))
    assert stage.events().count("personal_data_read") == 1
    shown = change.as_dict()
    assert (shown["kind"], shown["effective_date"], shown["waits"]) == ("record", "2027-03-03", "waiting")


def test_a_cancel_in_the_middle_of_the_night_finds_it_gone(stage, monkeypatch):
    stage.register(1)
    change = only(stage)
    read = fixing.read_candidates
    told = []

    def try_it():
        try:
            told.append(cancel(stage, change))
        except Conflict as conflict:
            told.append(str(conflict))

    thread = Thread(target=try_it)

    def read_and_be_interrupted(*arguments):
        yield from read(*arguments)
        thread.start()
        time.sleep(0.3)  # time enough for the other to come as far as it can

    monkeypatch.setattr(fixing, "read_candidates", read_and_be_interrupted)
    stage.night()
    thread.join(timeout=30)
    assert told[0].startswith("this has gone out")
    assert [item.state for item in stage.all(Transaction)] == ["EXTRACTED"]
