"""Tonight in the console: what holds the night and who lets it go, urgent corrections, alarms; and a file's buttons."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from web_visitor import Visitor

from app.clock import FixedClock
from app.domain.actors import Actor, Role
from app.domain.alarms import AlarmKind
from app.models.alarms import Alarm
from app.services.accounts import add_user
from app.services.exports.brake import hold_nights
from app.services.setup import SETTING_UP
from app.services.system import System
from app.web.ops.tonight import outlook
from emergency_export.replies import Fco, render_fco

ROBOT = Actor("cli:test", Role.OPERATIONS)
PASSWORD = "one-two-three-four"
FIRST = "BT199903032701.DAT"
URGENT = "Look at what will be sent"
# For what the pages alone decide: one kind of database is enough.
ONE_KIND = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def play(operator: Visitor) -> None:
    operator.get("/ops/send")
    operator.send("Send now")
    operator.send("Let the simulated agent answer")
    operator.send("Collect replies now")


def answer(system: System, file_name: str, reason: str) -> None:
    """Lay an FCO into the inbox that refuses a file."""
    known = system.profile
    fco = Fco(file_name, int(file_name[-5]), False, reason, None, system.clock.now())
    path = Path(system.settings.data_dir) / "inbox" / known.fco_name(file_name)
    path.write_bytes(render_fco(fco, known))


@pytest.fixture
def system(system: System) -> System:
    """With a brake that a second change puts on."""
    settings = replace(system.settings, brake_changes=1, brake_ceases=1)
    return replace(system, settings=settings)


@pytest.fixture
def live(customer: Visitor, operator: Visitor, register: Callable[..., None], clock: FixedClock) -> Visitor:
    """Two numbers are live; the operator looks at them the next day."""
    assert customer
    register()
    register("01632 960002")
    play(operator)
    clock.advance(timedelta(days=1))
    return operator


@pytest.fixture
def braked(live: Visitor, register: Callable[..., None]) -> Visitor:
    """Both have moved, which the brake holds."""
    register(premises="Unit 4")
    register("01632 960002", premises="Unit 5")
    live.get("/ops/send")
    live.send("Send now", 409)
    return live


@ONE_KIND
def test_a_held_night_says_what_to_do(braked: Visitor) -> None:
    assert braked.page.heading == "A person must decide first"
    page = braked.get("/ops")
    (banner,) = page.with_class("eld-brake")
    for words in ("The brake holds the night of 4 March 2027", "2 changes", "100.0 % of 2 live", "nobody has yet"):
        assert words in banner
    assert "/ops/nights/2027-03-04/release" in page.links()


def test_two_people_release_it_and_the_same_one_is_refused_politely(braked: Visitor, second: Visitor) -> None:
    page = braked.get("/ops/nights/2027-03-04/release")
    assert "It takes two people" in page.text
    assert "another person has released it" in braked.send("Release this night").text
    (banner,) = braked.page.with_class("eld-brake")
    assert "Released by alex@operations.example; 1 more must." in banner
    assert "You have released it" in banner
    assert "/ops/nights/2027-03-04/release" not in braked.page.links()
    page = braked.get("/ops/nights/2027-03-04/release")
    assert "Another person must release it too" in page.text
    assert page.forms[-1].buttons == []
    token = dict(page.forms[-1].values)["csrf_token"]
    refused = braked.client.post("/ops/nights/2027-03-04/release", data={"csrf_token": token})
    assert refused.status_code == 403
    assert "You have released this night already: it needs another person." in refused.get_data(as_text=True)
    page = second.get("/ops/nights/2027-03-04/release")
    assert "alex@operations.example has released it." in page.text
    assert "The night may go" in second.send("Release this night").text
    assert second.page.with_class("eld-brake") == []
    second.get("/ops/send")
    assert "Sent: BT199904032701.DAT." in second.send("Send now").text
    second.get("/ops/nights/2027-03-04/release", 404)


def test_the_nights_are_held_with_a_reason_and_let_go(operator: Visitor, second: Visitor) -> None:
    operator.get("/ops/hold")
    assert operator.send("Hold the nights", 422).with_class("govuk-error-message") == ["Error: Say why"]
    operator.send("Hold the nights", why="The agent moves house")
    (banner,) = second.get("/ops").with_class("eld-brake")
    assert "The nights are held by alex@operations.example" in banner
    assert "The agent moves house" in banner
    assert "/ops/hold" not in second.page.links()
    second.get("/ops/hold")
    assert "The nights are held already." in second.send("Hold the nights", 409, why="Again").text
    second.get("/ops/send")
    assert "The agent moves house" in second.send("Send now", 409).text
    operator.get("/ops/unhold")
    second.get("/ops/unhold")
    assert "The nights go again." in second.send("Let them go").text
    assert "Nobody holds the nights." in operator.send("Let them go", 409).text
    assert operator.get("/ops").with_class("eld-brake") == []


def test_an_urgent_correction_goes_at_once_past_the_brake(braked: Visitor) -> None:
    page = braked.get("/ops/numbers/1")
    assert "/ops/numbers/1/urgent" in page.links()
    braked.get("/ops/numbers/1/urgent")
    page = braked.send(URGENT, 422, premises="Unit 9")
    assert page.with_class("govuk-error-message")[0].startswith("Error: Name the incident")
    page = braked.send(URGENT, 422, incident="INC-7", postcode="nonsense", premises="Unit 9")
    assert len(page.with_class("govuk-error-message")) == 1
    page = braked.send(URGENT, incident="INC-7", postcode="LS11 5DF", premises="Unit 9")
    assert page.heading == "Send the correction of 01632960001 at once?"
    assert "UNIT 9" in page.with_class("eld-label__text")[0]
    assert "PENNANT HOUSE" in page.with_class("eld-facts")[0], "what the agent holds"
    page = braked.send("Change something")
    assert dict(page.forms[-1].values)["premises"] == "Unit 9"
    braked.send(URGENT)
    assert "Sent at once: BT199904032701.DAT." in braked.send("Send it now").text
    page = braked.get("/ops/files/BT199904032701.DAT")
    assert "INC-7" in page.with_class("eld-facts")[0]
    assert "UNIT 9" in page.text
    assert "urgent, INC-7" in braked.get("/ops/files").text
    assert braked.get("/ops").with_class("eld-brake"), "the night itself is still held"


def test_behind_one_in_flight_it_waits_and_that_one_can_be_ended(live: Visitor, register: Callable[..., None]) -> None:
    register(premises="Unit 4")
    live.get("/ops/send")
    live.send("Send now")
    page = live.get("/ops/numbers/1/urgent")
    assert "is in flight" in page.text
    live.send(URGENT, incident="INC-8", premises="Unit 9")
    page = live.send("Send it now")
    assert "Kept. It goes out in the minute in which 999/999/" in page.text
    ends = [link for link in page.links() if link.endswith("/abandon")]
    assert set(ends) == {"/ops/numbers/1/transactions/3/abandon"}
    page = live.get("/ops")
    assert "INC-8" in page.text
    assert ends[0] in page.links()
    page = live.get(ends[0])
    assert "999/999/000000000003" in page.heading
    assert live.send("End it", 422).with_class("govuk-error-message") == ["Error: Say why"]
    assert "is ended" in live.send("End it", why="The agent lost it").text
    live.get(ends[0])
    assert "nothing of it is in flight" in live.send("End it", 409, why="again").text.lower()
    page = live.get("/ops")
    assert "it goes within the minute" in page.text
    live.get("/ops/numbers/1/transactions/99/abandon", 404)


@ONE_KIND
def test_without_a_change_what_waits_goes_at_once(live: Visitor, register: Callable[..., None]) -> None:
    live.get("/ops/numbers/1/urgent")
    assert "Nothing is corrected here" in live.send(URGENT, incident="INC-9").text
    assert "nothing waits to be sent for this number today" in live.send("Send it now", 409).text
    register(premises="Unit 4")
    live.get("/ops/numbers/1/urgent")
    live.send(URGENT, incident="INC-9")
    assert "Sent at once: " in live.send("Send it now").text


@ONE_KIND
def test_what_a_second_person_must_see_cannot_go_at_once(live: Visitor, directory: None) -> None:
    assert directory is None
    live.get("/ops/numbers/1/urgent")
    page = live.send(URGENT, incident="INC-10", postcode="LS11 5ZZ")
    assert "A second person must look at this first" in page.text
    assert [text for _, _, text in page.forms[-1].buttons] == ["Change something"]


@ONE_KIND
def test_a_number_that_changed_meanwhile_is_looked_at_afresh(live: Visitor, register: Callable[..., None]) -> None:
    live.get("/ops/numbers/1/urgent")
    register(premises="Unit 4")
    page = live.send(URGENT, 409, incident="INC-11", premises="Unit 9")
    assert page.heading == "This has changed meanwhile"


@ONE_KIND
def test_alarms_and_the_answer_after_a_restore_stand_there(operator: Visitor, system: System) -> None:
    assert "Alarms that stand" not in operator.get("/ops").text
    with system.database.unit_of_work() as work:
        facts = {"kind": AlarmKind.JOB_FAILS, "subject": "night", "text": "The job night fails.", "cleared_at": None}
        work.session.add(Alarm(raised_at=system.clock.now(), **facts))
        work.commit()
    page = operator.get("/ops")
    assert "Alarms that stand" in page.text
    assert "The job night fails." in page.with_class("eld-history")[0]
    assert "eld export resume --sequence N --txn-ref REFERENCE --as EMAIL" in page.text


@ONE_KIND
def test_a_refused_file_is_released_after_a_question(
    operator: Visitor, register: Callable[..., None], system: System
) -> None:
    register()
    operator.get("/ops/send")
    operator.send("Send now")
    answer(system, FIRST, "BADCUPID")
    operator.send("Collect replies now")
    assert "Nothing leaves" in operator.get("/ops").with_class("eld-brake")[0]
    page = operator.get(f"/ops/files/{FIRST}")
    assert f"/ops/files/{FIRST}/release" in page.links()
    assert f"/ops/files/{FIRST}/resend" not in page.links()
    assert "BADCUPID (the CUPID)" in operator.get(f"/ops/files/{FIRST}/release").text
    assert "is released" in operator.send("Release them").text
    operator.get(f"/ops/files/{FIRST}/release")
    assert "holds nothing that could be released" in operator.send("Release them", 409).text


def test_a_file_is_sent_again_counted_as_taken_or_ended(
    operator: Visitor, register: Callable[..., None], system: System
) -> None:
    register()
    operator.get("/ops/send")
    operator.send("Send now")
    operator.get(f"/ops/files/{FIRST}/resend")
    assert "byte for byte" in operator.send("Send it again").text
    assert "Sent again once" in operator.page.with_class("eld-facts")[0]
    assert f"/ops/files/{FIRST}/taken" not in operator.page.links()
    operator.get(f"/ops/files/{FIRST}/taken")
    assert "holds nothing" in operator.send("It has taken it", 409).text
    answer(system, FIRST, "SEQDUP")
    operator.get("/ops")
    operator.send("Collect replies now")
    assert f"/ops/files/{FIRST}/taken" in operator.get(f"/ops/files/{FIRST}").links()
    operator.get(f"/ops/files/{FIRST}/taken")
    assert "counts as taken" in operator.send("It has taken it").text
    operator.get(f"/ops/files/{FIRST}/abandon")
    assert operator.send("End them", 422).with_class("govuk-error-message") == ["Error: Say why"]
    assert "1 transaction ended" in operator.send("End them", why="No answer for a week").text
    operator.get(f"/ops/files/{FIRST}/abandon")
    assert "nothing of it is in flight" in operator.send("End them", 409, why="again").text.lower()


def test_who_may_only_look_finds_no_button_and_no_way(lone_system: System, lone_app: Flask) -> None:
    add_user(lone_system, SETTING_UP, "auditor@operations.example", Role.AUDITOR, PASSWORD)
    hold_nights(lone_system, ROBOT, "The agent moves house")
    auditor = Visitor(lone_app)
    page = auditor.log_in("auditor@operations.example", PASSWORD)
    assert "The nights are held by cli:test" in page.text
    assert not {"/ops/unhold", "/ops/hold"} & set(page.links())
    assert "resume" not in page.text
    for url in ("/ops/hold", "/ops/unhold", "/ops/nights/2027-03-03/release", "/ops/numbers/1/urgent"):
        auditor.get(url, 403)


def test_each_question_needs_its_token(lone_operator: Visitor) -> None:
    for url in ("/ops/hold", "/ops/unhold", "/ops/nights/2027-03-03/release", "/ops/cases/1/take"):
        assert lone_operator.client.post(url).status_code == 400, url


@ONE_KIND
def test_changes_and_the_records_they_fold_into_are_both_named(
    operator: Visitor, register: Callable[..., None], customer: Visitor
) -> None:
    assert customer
    register()
    register(premises="Unit 4")
    register("01632 960002")
    (lead,) = operator.get("/ops").with_class("eld-lead")
    assert lead.startswith("3 changes are due, folded into 2 records; the next run is")
    assert "Changes of one number fold into one record." in operator.page.text
    assert "3 changes go out at once, folded into 2 records, in a file" in operator.get("/ops/send").text
    operator.send("Send now")
    register("01632 960002", premises="Unit 5")
    (lead,) = operator.get("/ops").with_class("eld-lead")
    assert lead.startswith("1 change is due, and makes no record;"), "its number is in flight"


@pytest.mark.parametrize(
    ("due", "by_command", "folded", "words"),
    [
        (0, {}, 0, ""),
        (2, {"A": 1, "M": 1}, 0, ""),
        (3, {"A": 2}, 1, ", folded into 2 records"),
        (2, {"A": 1}, 1, ", folded into 1 record"),
        (4, {"A": 1}, 1, ", and make 1 record"),
        (6_000, {"A": 5_000}, 0, ""),
    ],
)
def test_what_becomes_of_what_is_due(due: int, by_command: dict[str, int], folded: int, words: str) -> None:
    assert outlook(due, by_command, folded) == words
