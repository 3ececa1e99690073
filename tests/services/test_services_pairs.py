"""Each path of a port through real reply files: in time, early, late, missing, twice, against what was said before."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stage import number

from app.domain.actors import Actor, Role
from app.errors import Conflict, NotAllowed, NotFound, Refused
from app.models.porting import PortPair
from app.services.inventory import load_numbers
from app.services.locations.ceasing import cease_numbers, port_out
from app.services.porting import Stage, end_pair, list_ports, page_ports

PATHS = [
    # direction, replies in order -> transaction, accepted, pair, cases, what the next night sends
    ("import", [], "DELIVERED", "none", None, [], []),
    ("import", ["0042"], "COMPLETED", "live", "open", [], []),
    ("import", ["0042", "0043"], "COMPLETED", "live", "complete", [], []),
    ("import", ["0042", "0042", "0043", "0043"], "COMPLETED", "live", "complete", [], []),
    ("import", ["0043"], "COMPLETED", "live", "complete", [], []),
    ("import", ["0043", "0042"], "COMPLETED", "live", "complete", [], []),
    ("import", ["0046", "0042"], "COMPLETED", "live", "open 0046", [], []),
    ("import", ["0042", "0047"], "COMPLETED", "live", "open 0047", [], []),
    ("import", ["0042", "0046", "0043", "0047"], "COMPLETED", "live", "complete 0046", [], []),
    ("import", ["0042", "0050"], "COMPLETED", "none", "undone", ["0050"], []),
    ("import", ["0042", "0050", "0050"], "COMPLETED", "none", "undone", ["0050"], []),
    ("import", ["0050"], "ERROR_FINAL", "none", None, ["0050"], []),
    ("import", ["0050", "0042"], "ERROR_FINAL", "none", None, ["0042"], []),
    ("import", ["0042", "0050", "0043"], "COMPLETED", "none", "undone", ["0043"], []),
    ("import", ["0042", "0043", "0050"], "COMPLETED", "live", "complete", ["0050"], []),
    ("import", ["0041"], "FCO_ACCEPTED", "none", None, ["0041"], []),
    ("import", ["0018", "0042"], "COMPLETED", "live", "open", [], []),
    ("export", [], "DELIVERED", "live", None, [], []),
    ("export", ["0041"], "COMPLETED", "none", "open", [], []),
    ("export", ["0041", "0043"], "COMPLETED", "none", "complete", [], []),
    ("export", ["0043", "0041"], "COMPLETED", "none", "complete", [], []),
    ("export", ["0045", "0041"], "COMPLETED", "none", "open 0045", [], []),
    ("export", ["0041", "0045", "0048"], "COMPLETED", "none", "open 0048", [], []),
    ("export", ["0041", "0049"], "COMPLETED", "live", "undone", ["0049"], []),
    ("export", ["0041", "0049", "0049"], "COMPLETED", "live", "undone", ["0049"], []),
    ("export", ["0049"], "ERROR_FINAL", "live", None, ["0049"], []),
    ("export", ["0041", "0049", "0043"], "COMPLETED", "live", "undone", ["0043"], []),
    ("export", ["0041", "0043", "0049"], "COMPLETED", "none", "complete", ["0049"], []),
    ("export", ["0104"], "COMPLETED", "none", None, [], []),
    ("export", ["0104", "0043"], "COMPLETED", "none", "complete", [], []),
    ("export", ["0042"], "FCO_ACCEPTED", "live", None, ["0042"], []),
]


def import_of(stage, place=1, losing="123", day=None):
    """Bring a number in and send its import."""
    table = stage.root / "ported.csv"
    table.write_text(
        "kind,start,account,losing_cupid,port_date\n"
        f"ported_in,{number(place)},{stage.account},{losing},{day or stage.today}\n"
    )
    load_numbers(stage.system, stage.cli, table)
    stage.register(place)
    stage.night()


def export_of(stage, place=1, gaining="456"):
    """Send the export of a number whose record is live."""
    stage.live(place)
    port_out(stage.system, stage.staff, number(place), gaining, stage.today)
    stage.night()


SENDS = {"import": import_of, "export": export_of}


def answer_each(stage, codes):
    (row,) = stage.rows()
    for code in codes:
        stage.car(stage.reply(row, code))
        stage.collect()
    return row


def pair_shown(stage):
    pairs = stage.all(PortPair)
    assert len(pairs) <= 1
    return " ".join(filter(None, (pairs[0].state, pairs[0].warning))) if pairs else None


@pytest.mark.parametrize(("direction", "codes", "state", "accepted", "pair", "cases", "sent"), PATHS)
def test_each_path_of_the_pair(stage, direction, codes, state, accepted, pair, cases, sent):
    SENDS[direction](stage)
    answer_each(stage, codes)
    record = stage.record(1)
    assert (record["accepted_state"], pair_shown(stage)) == (accepted, pair)
    own = record["transactions"][-1]["state"]
    assert own == state
    assert [case["code"] for case in record["cases"]] == cases
    stage.tomorrow()
    stage.night()
    assert stage.sent() == sent, "nothing goes out by itself: what was undone waits for a person"
    stage.check_trail()


@pytest.mark.parametrize(("direction", "undone"), [("import", "0050"), ("export", "0049")])
def test_once_something_newer_went_out_an_undoing_is_only_a_case(stage, direction, undone):
    SENDS[direction](stage)
    row = answer_each(stage, ["0042" if direction == "import" else "0041"])
    held = stage.record(1)["accepted_state"]
    stage.tomorrow()
    stage.register(1, premises="Unit 8")
    stage.night()
    ((command, _),) = stage.sent()
    assert command == ("M" if direction == "import" else "A"), "an open pair keeps no correction waiting"
    stage.car(stage.reply(row, undone))
    stage.collect()
    assert (stage.record(1)["accepted_state"], pair_shown(stage)) == (held, "undone")
    assert stage.case(1)["code"] == undone
    stage.accept()
    assert stage.record(1)["accepted"]["premises"] == "UNIT 8"


def test_an_undone_import_goes_again_as_an_activation_once_a_person_said_so(stage):
    import_of(stage)
    answer_each(stage, ["0042", "0050"])
    assert "urgent" in stage.case(1)["text"]
    stage.register(1, premises="Unit 9")
    stage.night()
    assert stage.sent() == [("A", "001")]
    stage.accept()
    assert (stage.record(1)["accepted"]["premises"], stage.case(1)["state"]) == ("UNIT 9", "closed")


def corrected_before_its_export(stage):
    """The export was said before the correction, and goes out after it."""
    stage.live(1)
    port_out(stage.system, stage.staff, number(1), "456", stage.today + timedelta(days=3))
    stage.tomorrow()
    stage.register(1, premises="Unit 8")
    stage.night()
    assert stage.sent() == [("M", "001")]
    stage.accept()
    stage.tomorrow(2)
    stage.night()
    assert stage.sent() == [("E", "001")]


@pytest.mark.parametrize("codes", [["0041", "0049"], ["0049"]])
def test_an_undone_export_brings_back_what_was_sent_last_before_it(stage, codes):
    corrected_before_its_export(stage)
    answer_each(stage, codes)
    record = stage.record(1)
    assert (record["accepted_state"], record["accepted"]["premises"]) == ("live", "UNIT 8")


def test_newer_is_what_was_sent_later_not_what_was_said_later(stage):
    corrected_before_its_export(stage)
    row = answer_each(stage, ["0041"])
    stage.tomorrow()
    stage.register(1, premises="Unit 9")
    stage.night()
    assert stage.sent() == [("A", "001")]
    stage.car(stage.reply(row, "0049"))
    stage.collect()
    assert stage.record(1)["accepted_state"] == "none"


@pytest.mark.parametrize(
    ("act", "sent"),
    [
        (lambda stage: port_out(stage.system, stage.staff, number(1), "789", stage.today), [("E", "001")]),
        (lambda stage: cease_numbers(stage.system, stage.staff, [number(1)]), [("C", "001")]),
        (lambda stage: stage.register(1), []),
        (lambda stage: stage.register(1, premises="Unit 3"), [("M", "001")]),
    ],
    ids=["port out again", "cease", "register again", "register elsewhere"],
)
def test_after_an_undone_export_a_person_chooses(stage, act, sent):
    export_of(stage)
    answer_each(stage, ["0041", "0049"])
    stage.tomorrow()
    act(stage)
    stage.night()
    assert stage.sent() == sent
    stage.accept()
    # Where it stays as it is, nothing is sent and no answer comes: the person who decided so closes the case.
    assert stage.case(1)["state"] == ("closed" if sent else "open")


def test_a_newer_word_that_waits_when_an_import_is_undone_goes_out(stage):
    import_of(stage)
    answer_each(stage, ["0042"])
    row = stage.rows()[0]
    stage.register(1, premises="Unit 7")
    stage.car(stage.reply(row, "0050"))
    stage.collect()
    assert stage.case(1)["state"] == "resent"
    stage.night()
    assert stage.sent() == [("A", "001")]


def test_an_undone_import_is_no_healing(stage):
    """0103 and 0104 stop after they alternated twice; the undoing of an import counts for nothing there."""
    import_of(stage)
    stage.answer("0050")
    stage.register(1, premises="Unit 7")
    for command, code in (("I", "0103"), ("M", "0104"), ("I", "0103")):
        stage.night()
        assert stage.sent() == [(command, "001")]
        stage.answer(code)
    stage.night()
    assert stage.sent() == [("M", "001")], "the third of them still heals by itself"


def test_each_port_has_a_pair_of_its_own(stage):
    import_of(stage)
    first = answer_each(stage, ["0042", "0043"])
    port_out(stage.system, stage.staff, number(1), "456", stage.today)
    stage.night()
    answer_each(stage, ["0041"])
    stage.tomorrow(30)
    import_of(stage, losing="789")
    answer_each(stage, ["0042"])
    stage.car(stage.reply(first, "0046"))  # a late word on the first
    stage.collect()
    pairs = [(pair.direction, pair.other_cupid, pair.state, pair.warning) for pair in stage.all(PortPair)]
    assert pairs == [
        ("import", "123", "complete", ""),
        ("export", "456", "open", ""),
        ("import", "789", "open", ""),
    ]


def test_the_board_follows_a_port_from_the_day_it_was_said(stage):
    import_of(stage, day=stage.day(2))
    stage.live(2)
    port_out(stage.system, stage.staff, number(2), "456", stage.today + timedelta(days=3))

    def board():
        return {(port["number"][-3:], port["stage"]) for port in list_ports(stage.system, stage.staff, closed=True)}

    assert board() == {("001", "coming"), ("002", "coming")}
    stage.tomorrow(2)
    stage.night()
    assert stage.sent() == [("I", "001")]
    assert board() == {("001", "sent"), ("002", "coming")}
    stage.accept()
    assert board() == {("001", "open"), ("002", "coming")}
    stage.tomorrow()
    stage.night()
    assert stage.sent() == [("E", "002")]
    answer_each(stage, ["0041", "0043"])
    assert board() == {("001", "open"), ("002", "closed")}
    ((port),) = stage.record(2)["porting"]
    assert (port["direction"], port["other_cupid"], port["state"], port["closed_code"]) == (
        "export", "456", "complete", "0043",
    )  # fmt: skip
    assert {port["stage"] for port in list_ports(stage.system, stage.staff)} == {"open"}


def test_a_pair_without_its_other_half_is_overdue_after_ten_days(stage):
    import_of(stage)
    answer_each(stage, ["0042"])
    stage.tomorrow(10)
    assert page_ports(stage.system, stage.staff, Stage.OPEN).overdue == 0
    stage.tomorrow()
    found = page_ports(stage.system, stage.staff, Stage.OPEN)
    assert (found.overdue, found.counts, [port["overdue"] for port in found.ports]) == (1, {Stage.OPEN: 1}, [True])
    assert found.ports[0]["age_days"] == 11


def test_a_person_ends_a_pair_with_a_reason_and_the_agent_is_still_heard(stage):
    import_of(stage)
    row = answer_each(stage, ["0042"])
    (pair,) = stage.all(PortPair)
    with pytest.raises(Refused):
        end_pair(stage.system, stage.staff, pair.id, " ")
    with pytest.raises(NotAllowed):
        end_pair(stage.system, Actor("auditor", Role.AUDITOR), pair.id, "why not")
    with pytest.raises(NotFound):
        end_pair(stage.system, stage.staff, 99, "no such port")
    end_pair(stage.system, stage.staff, pair.id, "the other provider confirmed by telephone")
    with pytest.raises(Conflict):
        end_pair(stage.system, stage.staff, pair.id, "again")
    assert (pair_shown(stage), stage.events()[-1]) == ("ended", "pair_ended")
    stage.car(stage.reply(row, "0043"))
    stage.collect()
    assert pair_shown(stage) == "complete"


def test_the_board_is_for_those_who_may_see_it_and_is_paged(stage):
    with pytest.raises(NotAllowed):
        list_ports(stage.system, stage.customer)
    with pytest.raises(NotAllowed):
        page_ports(stage.system, stage.customer, Stage.OPEN)
    for place in (1, 2, 3):
        import_of(stage, place, day=stage.day(place))
    pages = [page_ports(stage.system, stage.staff, Stage.COMING, page, per_page=2) for page in (1, 2, 9)]
    assert [[port["number"][-3:] for port in page.ports] for page in pages] == [["001", "002"], ["003"], ["003"]]
    assert [(page.page, page.pages) for page in pages] == [(1, 2), (2, 2), (2, 2)]


CODES = {"import": ("0042", "0043", "0046", "0047", "0050"), "export": ("0041", "0043", "0045", "0048", "0049")}


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(direction=st.sampled_from(["import", "export"]), data=st.data())
def test_whatever_the_agent_says_of_a_port_the_rows_agree(new_stage, direction, data):
    codes = data.draw(st.lists(st.sampled_from(CODES[direction]), max_size=8))
    stage = new_stage()
    SENDS[direction](stage)
    answer_each(stage, codes)
    record, pairs = stage.record(1), stage.all(PortPair)
    state = record["transactions"][-1]["state"]
    assert len(pairs) == (state == "COMPLETED")
    live = record["accepted_state"] == "live"
    if pairs:
        undone = pairs[0].state == "undone"
        assert live is (undone if direction == "export" else not undone)
    stage.check_trail()
