"""Ports: a half that was taken is kept until it is complete or undone; what is undone leaves the record as it was."""

from datetime import timedelta

import pytest
from agent_dat import Rehearsal, data, number_of, ref_of
from hypothesis import given, settings
from hypothesis import strategies as st

from emergency_export.agent import Agent, AgentError, Faults, PortRule

HALVES = {"E": ("0041", "0045", "0048", "0049"), "I": ("0042", "0047", "0046", "0050")}


@pytest.fixture(params=["E", "I"])
def half(request):
    return request.param


@pytest.fixture
def rehearsal(tmp_path):
    return Rehearsal(tmp_path, Agent)


def begin(rehearsal, half, **options):
    """Let the agent take a half of a port; the record that the number had before an export."""
    rehearsal.submit(1, [data(1)] if half == "E" else [])
    rehearsal.collect()
    before = rehearsal.agent.record(number_of(1))
    rehearsal.again(**options)
    rehearsal.submit(2, [data(1, half, ref_of(2))])
    assert rehearsal.codes()[0] == HALVES[half][0]
    return before


def told(rehearsal):
    rehearsal.agent.step()
    return [(row["txn_ref"], row["command"], row["response_code"], row["final"]) for row in rehearsal.car_rows()]


def test_a_half_is_kept_open(rehearsal, half):
    begin(rehearsal, half)
    (port,) = rehearsal.agent.ports()
    assert port == (ref_of(2), half, number_of(1), "20270301", "open", "")
    rehearsal.later(days=99)
    assert told(rehearsal) == []


def test_complete(rehearsal, half):
    begin(rehearsal, half)
    held = rehearsal.agent.record(number_of(1))
    rehearsal.agent.complete_port(number_of(1))
    assert told(rehearsal) == [(ref_of(2), half, "0043", "Y")]
    assert [port.state for port in rehearsal.agent.ports()] == ["complete"]
    assert rehearsal.agent.record(number_of(1)) == held
    with pytest.raises(AgentError, match="no open port"):
        rehearsal.agent.complete_port(number_of(1))


def test_both_warnings_then_no_more(rehearsal, half):
    begin(rehearsal, half)
    _, missing, overdue, _ = HALVES[half]
    for code in (missing, overdue):
        rehearsal.agent.warn_port(number_of(1))
        assert told(rehearsal) == [(ref_of(2), half, code, "N")]
    with pytest.raises(AgentError, match="both warnings"):
        rehearsal.agent.warn_port(number_of(1))


def test_undone(rehearsal, half):
    before = begin(rehearsal, half)
    assert (rehearsal.agent.record(number_of(1)) is None) is (half == "E")
    rehearsal.agent.expire_port(number_of(1))
    assert told(rehearsal) == [(ref_of(2), half, HALVES[half][3], "Y")]
    assert rehearsal.agent.record(number_of(1)) == before
    assert [port.state for port in rehearsal.agent.ports()] == ["undone"]


def test_undone_after_a_later_command_leaves_what_that_left(rehearsal, half):
    begin(rehearsal, half)
    rehearsal.submit(3, [data(1, "A" if half == "E" else "M", ref_of(3), premises="UNIT 9")])
    rehearsal.agent.expire_port(number_of(1))
    assert rehearsal.agent.record(number_of(1))["premises"] == "UNIT 9"


def test_a_later_command_counts_also_where_it_was_refused(rehearsal):
    begin(rehearsal, "I")
    rehearsal.submit(3, [data(1, "M", ref_of(3), premises="")])
    rehearsal.agent.expire_port(number_of(1))
    assert rehearsal.agent.record(number_of(1))["premises"] == "UNIT 3"


def test_a_later_command_of_the_same_file_counts(rehearsal):
    rehearsal.submit(1, [data(1, "I", ref_of(1)), data(2, "M", ref_of(2), premises="UNIT 9")])
    rehearsal.agent.expire_port(number_of(1))
    assert rehearsal.agent.record(number_of(1))["premises"] == "UNIT 9"


def test_a_refused_half_is_no_port(rehearsal):
    rehearsal.submit(1, [data(1, "E")])
    assert rehearsal.agent.ports() == ()


def test_by_rule_a_port_is_complete_on_its_day(rehearsal, half):
    begin(rehearsal, half, port_rule=PortRule(complete=2))
    assert told(rehearsal) == []
    rehearsal.later(days=2)
    assert told(rehearsal) == [(ref_of(2), half, "0043", "Y")]
    assert told(rehearsal) == []


def test_by_rule_a_port_whose_other_half_never_comes_is_warned_of_and_undone(rehearsal, half):
    before = begin(rehearsal, half, port_rule=PortRule(), faults=Faults(undone_share=1))
    said = []
    for day in range(35):
        said += [(day, code) for _, _, code, _ in told(rehearsal)]
        rehearsal.later(days=1)
    _, missing, overdue, undone = HALVES[half]
    assert said == [(1, missing), (10, overdue), (30, undone)]
    assert rehearsal.agent.record(number_of(1)) == before


def test_what_is_due_of_many_ports_is_one_car(rehearsal):
    rehearsal.again(port_rule=PortRule(complete=1))
    rehearsal.submit(1, [data(n, "I", ref_of(n), telephone_no=number_of(n)) for n in range(1, 5)])
    rehearsal.collect()
    rehearsal.later(days=1)
    assert len(rehearsal.agent.step().cars) == 1
    assert rehearsal.codes() == ["0043"] * 4


@settings(max_examples=8)
@given(st.integers(0, 10**6), st.lists(st.integers(0, 12), min_size=1, max_size=3))
def test_what_becomes_of_ports_does_not_hang_on_when_steps_are_made(tmp_path_factory, seed, pauses):
    faults, rule = Faults(seed, undone_share=0.5), PortRule(complete=3)
    ends = []
    for days in ([3] * 11 + [sum(pauses)], [*pauses, 33]):
        rehearsal = Rehearsal(tmp_path_factory.mktemp("ports"), Agent, faults=faults, port_rule=rule)
        rehearsal.submit(1, [data(n, "I", ref_of(n), telephone_no=number_of(n)) for n in range(1, 4)])
        rows = rehearsal.car_rows()
        for pause in days:
            rehearsal.at += timedelta(days=pause)
            rehearsal.agent.step()
            rows += rehearsal.car_rows()
        ends.append((sorted((row["txn_ref"], row["response_code"]) for row in rows), list(rehearsal.agent.records())))
    assert ends[0] == ends[1]
