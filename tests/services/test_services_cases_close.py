"""Nothing closes unfixed: every way in which a case closes has an accepted record or a recorded reason."""

import ast
from pathlib import Path

import pytest
from stage import number

import app
from app.domain.cases import Closing
from app.models.audit import AuditEvent
from app.models.replies import Case, CaseNote
from app.services.barring import bar_number
from app.services.cases.opening import end_case
from app.services.casework.mending import fix_case
from app.services.casework.working import close_case, reopen_case
from app.services.locations.ceasing import cease_numbers

APP = Path(app.__file__).parent
# The one place that closes.
END_CASE = ("services/cases/opening.py", "end_case")


def refuse(stage):
    stage.register(1)
    stage.night()
    stage.answer("0102")


def by_acceptance(stage):
    refuse(stage)
    stage.register(1, premises="Unit 4")
    stage.night()
    stage.accept()


def by_acceptance_of_a_fix(stage):
    refuse(stage)
    fix_case(stage.system, stage.staff, 1, {"premises": "Unit 4"})
    stage.night()
    stage.accept()


def by_acceptance_of_an_end(stage):
    stage.live(1)
    stage.register(1, premises="Unit 4")
    stage.night()
    stage.answer("0102")
    cease_numbers(stage.system, stage.customer, [number(1)])
    stage.night()
    stage.accept()


def by_reason(stage):
    refuse(stage)
    close_case(stage.system, stage.staff, 1, "the customer gives the number up")


def by_new_holder(stage):
    refuse(stage)
    cease_numbers(stage.system, stage.customer, [number(1)])
    stage.tomorrow()
    stage.register(1, actor=stage.other_customer)


def by_bar(stage):
    refuse(stage)
    bar_number(stage.system, stage.staff, number(1))


def by_answer(stage):
    stage.register(1)
    stage.night()
    stage.fco(reason="SEQGAP")
    stage.collect()
    stage.fco()
    stage.collect()


WAYS = {
    by_acceptance: Closing.ACCEPTED_RECORD,
    by_acceptance_of_a_fix: Closing.ACCEPTED_RECORD,
    by_acceptance_of_an_end: Closing.ACCEPTED_RECORD,
    by_reason: Closing.REASON,
    by_new_holder: Closing.NEW_HOLDER,
    by_bar: Closing.BARRED,
    by_answer: Closing.ANSWERED,
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_leaves_its_reason_who_and_when(stage, way):
    way(stage)
    (case,) = stage.all(Case)
    (note,) = [line for line in stage.all(CaseNote) if line.step == "closed"]
    (told,) = [row for row in stage.all(AuditEvent) if row.action == "case_closed"]
    assert (case.state, case.closed_at) == ("closed", note.at)
    assert case.closed_why.strip()
    assert (note.text, bool(note.author)) == (case.closed_why, True)
    assert told.detail == f'{{"how":"{WAYS[way]}"}}'
    if WAYS[way] is Closing.ACCEPTED_RECORD:
        ended = way is by_acceptance_of_an_end
        assert stage.record(1)["accepted_state"] == ("none" if ended else "live")
        assert stage.states(1)[-1] == "COMPLETED"
    assert (stage.record(1)["wanted"] is None) or WAYS[way] is not Closing.BARRED


def test_every_way_that_the_list_knows_is_walked():
    assert set(WAYS.values()) == set(Closing)


def sets_closed(node):
    """Say whether a piece of code names the state `closed` for anything but a comparison or an expectation."""
    return isinstance(node, ast.Attribute) and node.attr == "CLOSED" and getattr(node.value, "id", "") == "CaseState"


def uses_of_closed():
    """Yield where the state `closed` is put anywhere: file, function; comparisons ask and put nothing."""
    for path in sorted(APP.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        asked = {id(part) for node in ast.walk(tree) if isinstance(node, ast.Compare) for part in ast.walk(node)}
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                for node in ast.walk(function):
                    if sets_closed(node) and id(node) not in asked:
                        yield path.relative_to(APP).as_posix(), function.name


def test_only_one_place_in_the_program_closes_a_case():
    assert set(uses_of_closed()) == {END_CASE}


@pytest.mark.parametrize("why", ["", "  ", "\n"])
def test_the_one_place_takes_no_closing_without_a_reason(sqlite_stage, why):
    refuse(sqlite_stage)
    with sqlite_stage.system.database.unit_of_work() as work:
        case = work.session.get_one(Case, 1)
        with pytest.raises(ValueError, match="by an accepted record or by a recorded reason"):
            end_case(sqlite_stage.system, work, sqlite_stage.cli, case, why, how=Closing.ACCEPTED_RECORD)
    assert sqlite_stage.case(1)["state"] == "open"


def test_time_and_silence_close_nothing(sqlite_stage):
    stage = sqlite_stage
    refuse(stage)
    fix_case(stage.system, stage.staff, 1, {"premises": "Unit 4"})
    stage.night()
    for _ in range(40):
        stage.tomorrow()
        stage.night()
        stage.collect()
    assert stage.case(1)["state"] == "resent", "the agent has not said that it accepts"


@pytest.mark.parametrize("code", ["0101", "0057", "0106", "0013", "0018", "9999"])
def test_no_answer_but_an_acceptance_closes(sqlite_stage, code):
    stage = sqlite_stage
    refuse(stage)
    stage.register(1, premises="Unit 4")
    stage.night()
    stage.answer(code)
    assert stage.case(1)["state"] in {"open", "resent"}


def test_opened_again_it_closes_by_the_same_ways_alone(sqlite_stage):
    by_reason(sqlite_stage)
    reopen_case(sqlite_stage.system, sqlite_stage.second, 1, "they keep it")
    (case,) = sqlite_stage.all(Case)
    assert (case.state, case.closed_at, case.closed_why) == ("open", None, "")
