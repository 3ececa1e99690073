"""Several cases at once: each by itself, those that cannot be are named, and the text is judged before anything."""

import pytest
from stage import Stage

from app.domain.cases import CaseState
from app.errors import NotAllowed, Refused
from app.models.replies import Case, CaseNote
from app.services.cases.opening import CaseFacts, open_case
from app.services.casework.together import Act, chosen_cases, work_together
from app.services.casework.working import close_case, take_case


@pytest.fixture
def five(stage: Stage) -> Stage:
    with stage.system.database.unit_of_work() as work:
        for place in range(5):
            open_case(stage.system, work, stage.cli, CaseFacts("SEQGAP", f"file {place}"))
        work.commit()
    return stage


def owners(stage: Stage) -> list[str]:
    return [case.owner for case in stage.all(Case)]


def test_what_can_be_done_is_done_and_the_rest_is_named(five: Stage) -> None:
    seen = {case["id"]: case["owner"] for case in chosen_cases(five.system, five.staff, [1, 2, 3, 4, 999])}
    assert list(seen) == [1, 2, 3, 4]
    take_case(five.system, five.second, 2)
    close_case(five.system, five.second, 3, "sent again")
    result = work_together(five.system, five.staff, Act.TAKE, {**seen, 77: ""})
    assert result.done == [1, 4]
    told = dict(result.refused)
    assert set(told) == {2, 3, 77}
    assert five.second.name in told[2]
    assert "sent again" in told[3]
    assert owners(five) == [five.staff.name, five.second.name, "", five.staff.name, ""]


def test_they_are_given_noted_on_and_closed(five: Stage) -> None:
    assert work_together(five.system, five.staff, Act.GIVE, {1: "", 2: ""}, five.second.name).refused == []
    assert owners(five)[:3] == [five.second.name, five.second.name, ""]
    work_together(five.system, five.staff, Act.NOTE, {1: None, 3: None}, "Rang the agent")
    assert [note.case_id for note in five.all(CaseNote) if note.text == "Rang the agent"] == [1, 3]
    assert work_together(five.system, five.staff, Act.CLOSE, {1: "", 5: ""}, "All one night").done == [1, 5]
    assert [case.id for case in five.all(Case) if case.state is CaseState.CLOSED] == [1, 5]
    assert five.events().count("case_closed") == 2


@pytest.mark.parametrize(
    ("act", "text"), [(Act.CLOSE, " "), (Act.NOTE, "x" * 1001), (Act.GIVE, "nobody@operations.example")]
)
def test_a_text_that_cannot_be_taken_stops_all(five: Stage, act: Act, text: str) -> None:
    before = five.events()
    with pytest.raises(Refused):
        work_together(five.system, five.staff, act, {1: "", 2: ""}, text)
    assert five.events() == before


def test_only_who_works_cases_may(five: Stage) -> None:
    with pytest.raises(NotAllowed):
        chosen_cases(five.system, five.customer, [1])
    with pytest.raises(NotAllowed):
        work_together(five.system, five.customer, Act.TAKE, {1: ""})
