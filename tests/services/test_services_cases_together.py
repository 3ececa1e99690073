"""Cases at which several people and processes work at once: one wins, the others are told; nobody waits for ever."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import update
from stage import number

from app.domain.cases import CaseState
from app.errors import Conflict
from app.models.replies import Case, CaseNote
from app.services.cases.opening import resend_cases, unclosed_cases
from app.services.casework.mending import fix_case
from app.services.casework.working import close_case, reopen_case, take_case

MANY = 40


def refuse(stage, count=1):
    for place in range(1, count + 1):
        stage.register(place)
    stage.night()
    stage.car(*(stage.reply(row, "0102") for row in stage.rows()))
    stage.collect()
    return stage


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Do them at the same moment and return what each came to: `done`, or the words of a Conflict."""
    ready = Barrier(len(acts))

    def do(act):
        ready.wait()
        try:
            act()
        except Conflict as no:
            return str(no)
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(do, acts))


def test_of_two_who_close_one_is_told_who_was_quicker(stage):
    refuse(stage)
    told = at_once(
        lambda: close_case(stage.system, stage.staff, 1, "gone"),
        lambda: close_case(stage.system, stage.second, 1, "gone too"),
    )
    assert told.count("done") == 1
    (closed,) = [note for note in stage.all(CaseNote) if note.step == "closed"]
    (other,) = [words for words in told if words != "done"]
    assert other.startswith(f"Case 1 was closed by {closed.author} on 3 March 2027 at 12:00: {closed.text}")


def test_a_case_is_opened_again_once(stage):
    refuse(stage)
    close_case(stage.system, stage.staff, 1, "gone")
    told = at_once(
        lambda: reopen_case(stage.system, stage.staff, 1, "not gone"),
        lambda: reopen_case(stage.system, stage.second, 1, "not gone"),
    )
    assert sorted(told) == ["Case 1 is not closed: there is nothing to open again.", "done"]


def test_a_fix_and_a_newer_word_of_the_customer_wait_for_each_other_and_both_count(stage):
    refuse(stage)
    for place in range(6):
        told = at_once(
            lambda place=place: fix_case(stage.system, stage.staff, 1, {"premises": f"Unit {place}"}),
            lambda place=place: stage.register(1, premises=f"Mill {place}"),
            lambda: take_case(stage.system, stage.second, 1),
        )
        assert told[:2] == ["done", "done"]
        assert stage.case(1)["state"] == "resent"
    assert [case.number_id for case in stage.all(Case)] == [stage.number_id(1)]


def test_many_cases_are_taken_in_hand_in_one_order(stage):
    refuse(stage, MANY)
    ids = [stage.number_id(place) for place in range(1, MANY + 1)]

    def resend():
        with stage.system.database.unit_of_work() as work:
            resend_cases(stage.system, work, stage.customer, ids[::-1])
            work.commit()

    def hold():
        with stage.system.database.unit_of_work() as work:
            assert len(unclosed_cases(work, ids)) == MANY
            work.session.execute(update(Case).values(state=CaseState.OPEN))
            work.commit()

    for _ in range(8):
        assert at_once(resend, hold, resend) == ["done"] * 3
    assert {case.state for case in stage.all(Case)} <= {"open", "resent"}
    assert stage.case(1)["number"] == number(1)
