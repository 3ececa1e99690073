"""The life of a case: one a number, its owner, its deadline, its notes, and one history with who and when."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, event
from stage import START, number

from app.domain.actors import Actor, Role
from app.errors import Conflict, NotFound, Refused
from app.models.audit import AuditEvent, AuditValues
from app.models.replies import Case
from app.services.accounts import staff_actor
from app.services.barring import bar_number
from app.services.cases.opening import CaseFacts, open_case
from app.services.casework.listing import Queue, list_cases, neighbours, page_cases
from app.services.casework.mending import fix_case
from app.services.casework.showing import show_case
from app.services.casework.working import (
    close_case,
    colleagues,
    give_back_case,
    give_case,
    note_case,
    reopen_case,
    take_case,
)
from app.services.locations.cancelling import cancel_change
from app.services.locations.ceasing import cease_numbers
from app.services.reviews import approve_review, list_reviews
from app.services.uploads import import_locations

AGAIN = {"premises": "Unit 4"}


def refuse(stage):
    """Case 1 is open for number 1: the agent found its address incomplete."""
    stage.register(1)
    stage.night()
    stage.answer("0102")
    return stage


@pytest.fixture
def refused(stage):
    return refuse(stage)


@pytest.fixture
def lone(sqlite_stage):
    """As `refused`, for what does not differ between databases."""
    return refuse(sqlite_stage)


def steps(stage, case=1):
    """Who did what, the oldest first, without what the agent answered."""
    told = show_case(stage.system, stage.staff, case)["history"][::-1]
    return [(line["step"], line["who"]) for line in told if line["step"] != "answered"]


def open_by_hand(stage, count=1, **facts):
    with stage.system.database.unit_of_work() as work:
        for place in range(count):
            open_case(stage.system, work, stage.cli, CaseFacts("SEQGAP", f"file {place}", **facts))
        work.commit()


def test_one_history_tells_who_did_what_and_what_the_agent_answered(refused):
    stage, system = refused, refused.system
    stage.clock.advance(timedelta(hours=1))
    take_case(system, stage.staff, 1)
    note_case(system, stage.second, 1, " Rang the customer ")
    fix_case(system, stage.staff, 1, AGAIN)
    stage.night()
    stage.answer("0101")
    stage.register(1, premises="Unit 5")
    stage.night()
    stage.accept()
    assert steps(stage) == [
        ("opened", "cli:test"),
        ("taken", stage.staff.name),
        ("noted", stage.second.name),
        ("resent", stage.staff.name),
        ("again", "cli:test"),
        ("resent", stage.customer.name),
        ("closed", "cli:test"),
    ]
    shown = show_case(system, stage.staff, 1)
    assert [line["code"] for line in shown["history"] if line["step"] == "answered"] == ["0037", "0101", "0102"]
    assert {line["who"] for line in shown["history"] if line["step"] == "answered"} == {"the agent"}
    assert [line["text"] for line in shown["history"] if line["step"] == "noted"] == ["Rang the customer"]
    assert shown["history"][-1]["at"] == START.isoformat()
    assert stage.case(1)["state"] == "closed"


def by_portal(stage):
    stage.register(1, **AGAIN)


def by_csv(stage):
    rows = "number,name,premises,thoroughfare,post_town,postcode\n"
    rows += f"{number(1)},Hartwell Ltd,Unit 4,Dewsbury Road,Leeds,LS11 5DF\n"
    path = stage.root / "again.csv"
    path.write_text(rows, "utf-8")
    with path.open("rb") as stream:
        import_locations(stage.system, stage.customer, stage.account, stream, size=None)


def by_fix(stage):
    fix_case(stage.system, stage.staff, 1, AGAIN)


def by_review(stage):
    stage.register(1, premises="Unit 4", postcode="LS11 5ZZ")
    (review,) = list_reviews(stage.system, stage.staff)
    assert stage.case(1)["state"] == "open", "what a person must look at first does not go out yet"
    approve_review(stage.system, stage.second, review["id"])


def by_cease(stage):
    stage.live(2)  # where the agent holds nothing there is nothing to end
    stage.register(2, **AGAIN)
    stage.night()
    stage.answer("0102", 2)
    close_case(stage.system, stage.staff, 1, "this is about the other")
    cease_numbers(stage.system, stage.customer, [number(2)])


@pytest.mark.usefixtures("directory")
@pytest.mark.parametrize("face", [by_portal, by_csv, by_fix, by_review, by_cease])
def test_a_newer_word_by_any_face_sets_the_one_case_to_resent(refused, face):
    face(refused)
    case = 2 if face is by_cease else 1
    assert [(found.id, found.state) for found in refused.all(Case) if found.state != "closed"] == [(case, "resent")]
    assert steps(refused, case)[-1][0] == "resent"
    refused.night()
    refused.accept()
    assert {found.state for found in refused.all(Case)} == {"closed"}
    assert steps(refused, case)[-1] == ("closed", "cli:test")


@pytest.mark.usefixtures("directory")
def test_a_fix_that_a_person_must_look_at_leaves_the_case_open(refused):
    fix_case(refused.system, refused.staff, 1, {"postcode": "LS11 5ZZ"})
    assert (refused.case(1)["state"], steps(refused)[-1]) == ("open", ("mended", refused.staff.name))
    (review,) = list_reviews(refused.system, refused.staff)
    approve_review(refused.system, refused.second, review["id"])
    assert (refused.case(1)["state"], steps(refused)[-1]) == ("resent", ("resent", refused.second.name))


def test_what_is_taken_back_makes_a_resent_case_wait_for_a_person(lone):
    lone.register(1, premises="Unit 4", effective_date=lone.day(3))
    planned = lone.record(1)["transactions"][-1]
    assert (lone.case(1)["state"], planned["state"]) == ("resent", "ON_HOLD")
    cancel_change(lone.system, lone.customer, 2)
    assert (lone.case(1)["state"], steps(lone)[-1]) == ("open", ("taken back", lone.customer.name))


def test_an_urgent_case_is_due_the_same_day_and_comes_first(sqlite_stage):
    open_by_hand(sqlite_stage)
    open_by_hand(sqlite_stage, urgent=True)
    first, second = list_cases(sqlite_stage.system, sqlite_stage.staff)
    assert (first["id"], first["urgent"], first["due_at"]) == (2, True, "2027-03-03T23:59:59+00:00")
    assert (second["id"], second["urgent"], second["due_at"]) == (1, False, "2027-03-05T12:00:00+00:00")
    sqlite_stage.tomorrow()
    assert [case["overdue"] for case in list_cases(sqlite_stage.system, sqlite_stage.staff)] == [True, False]


def test_a_case_that_becomes_urgent_is_due_the_same_day(lone):
    with lone.system.database.unit_of_work() as work:
        facts = CaseFacts("0102", "no record at all", "premises", lone.number_id(1), urgent=True)
        open_case(lone.system, work, lone.cli, facts)
        work.commit()
    assert [(case.urgent, case.due_at.hour) for case in lone.all(Case)] == [(True, 23)]
    lone.tomorrow(5)
    fix_case(lone.system, lone.staff, 1, AGAIN)
    lone.night()
    lone.answer("0101")
    assert lone.case(1)["overdue"], "a further refusal gives it no new deadline"


def test_an_owner_is_somebody_who_works_cases(lone):
    system, staff, second = lone.system, lone.staff, lone.second
    assert colleagues(system, staff) == [staff.name, second.name]
    take_case(system, staff, 1)
    with pytest.raises(Conflict, match=r"is alex@operations.example's already"):
        take_case(system, staff, 1)
    assert give_case(system, staff, 1, "SAM@operations.example") == second.name
    for nobody in (lone.customer.name, "nobody@operations.example", ""):
        with pytest.raises(Refused):
            give_case(system, staff, 1, nobody)
    give_back_case(system, second, 1)
    with pytest.raises(Conflict, match="no owner already"):
        give_back_case(system, second, 1)
    take_case(system, staff, 1)
    take_case(system, second, 1)
    told = [line for line in show_case(system, staff, 1)["history"] if line["step"] in {"taken", "given", "given back"}]
    assert [(line["who"], line["text"]) for line in told[::-1]] == [
        (staff.name, ""),
        (staff.name, second.name),
        (second.name, ""),
        (staff.name, ""),
        (second.name, f"from {staff.name}"),
    ]
    assert [row.detail for row in lone.all(AuditEvent) if row.action == "case_assigned"][:3] == [
        f'{{"owner_id":{staff.user_id}}}',
        f'{{"owner_id":{second.user_id}}}',
        '{"owner_id":null}',
    ]


def test_who_saw_another_owner_is_told(lone):
    take_case(lone.system, lone.staff, 1, seen_owner="")
    with pytest.raises(Conflict, match=r"alex@operations.example has taken case 1"):
        take_case(lone.system, lone.second, 1, seen_owner="")
    give_back_case(lone.system, lone.staff, 1)
    with pytest.raises(Conflict, match="somebody gave back case 1"):
        give_case(lone.system, lone.second, 1, lone.second.name, seen_owner=lone.staff.name)


def test_notes_and_reasons_are_personal_values_of_the_account(lone):
    system, staff = lone.system, lone.staff
    note_case(system, staff, 1, "Ada Lovegood rang")
    close_case(system, staff, 1, "Ada Lovegood gave it up")
    reopen_case(system, staff, 1, "Ada Lovegood did not")
    events = {row.seq: row for row in lone.all(AuditEvent) if row.action.startswith("case_")}
    assert "Lovegood" not in "".join(row.detail for row in events.values())
    kept = {events[row.seq].action: (row.subject, row.values) for row in lone.all(AuditValues) if row.seq in events}
    kept = {action: found for action, found in kept.items() if "Lovegood" in found[1]}
    assert set(kept) == {"case_noted", "case_closed", "case_reopened"}
    assert {subject for subject, _ in kept.values()} == {f"account-{lone.account}"}


def test_a_note_about_a_file_is_kept_under_the_key_of_operations(sqlite_stage):
    open_by_hand(sqlite_stage, file_name="BT199903032701.DAT")
    note_case(sqlite_stage.system, sqlite_stage.staff, 1, "rang the agent")
    assert [row.subject for row in sqlite_stage.all(AuditValues) if "rang" in row.values] == ["operations-notes"]


@pytest.mark.parametrize("act", [close_case, reopen_case, note_case])
def test_what_is_kept_must_be_said_and_not_at_length(lone, act):
    if act is reopen_case:
        close_case(lone.system, lone.staff, 1, "by mistake")
    before = lone.case(1)
    for text in ("", "  ", "x" * 1001):
        with pytest.raises(Refused):
            act(lone.system, lone.staff, 1, text)
    assert lone.case(1) == before
    with pytest.raises(NotFound):
        act(lone.system, lone.staff, 99, "why")


def test_who_closed_it_meanwhile_is_named(refused):
    close_case(refused.system, refused.second, 1, "the customer has gone")
    words = "Case 1 was closed by sam@operations.example on 3 March 2027 at 12:00: the customer has gone"
    acts = {
        "close": lambda s: close_case(s.system, s.staff, 1, "why"),
        "take": lambda s: take_case(s.system, s.staff, 1),
        "give": lambda s: give_case(s.system, s.staff, 1, s.second.name),
        "give back": lambda s: give_back_case(s.system, s.staff, 1),
        "fix": lambda s: fix_case(s.system, s.staff, 1, AGAIN),
    }
    for act in acts.values():
        with pytest.raises(Conflict) as told:
            act(refused)
        assert str(told.value) == words
    note_case(refused.system, refused.staff, 1, "a closed case takes notes")


def test_a_case_that_is_opened_again_has_time_and_closes_by_an_accepted_record(refused):
    close_case(refused.system, refused.staff, 1, "by mistake")
    refused.tomorrow(9)
    reopen_case(refused.system, refused.second, 1, "they still want it")
    case = refused.case(1)
    assert (case["state"], case["closed_why"], case["overdue"]) == ("open", "", False)
    assert case["due_at"] > refused.clock.now().isoformat()
    fix_case(refused.system, refused.staff, 1, AGAIN)
    refused.night()
    refused.accept()
    assert refused.case(1)["state"] == "closed"
    assert [step for step, _ in steps(refused)] == ["opened", "closed", "reopened", "resent", "closed"]


def test_no_second_case_is_opened_again_beside_an_open_one(refused):
    close_case(refused.system, refused.staff, 1, "by mistake")
    refused.register(1, **AGAIN)
    refused.night()
    refused.answer("0101")
    with pytest.raises(Conflict, match="Case 2 is open for the same number"):
        reopen_case(refused.system, refused.staff, 1, "why")
    with pytest.raises(Conflict, match="not closed"):
        reopen_case(refused.system, refused.staff, 2, "why")


@pytest.mark.parametrize("closed_before", [True, False])
def test_no_case_of_a_former_holder_comes_back(lone, closed_before):
    if closed_before:
        close_case(lone.system, lone.staff, 1, "the customer gives the number up")
    cease_numbers(lone.system, lone.customer, [number(1)])
    lone.tomorrow()
    lone.register(1, actor=lone.other_customer)
    with pytest.raises(Conflict, match="former holder"):
        reopen_case(lone.system, lone.staff, 1, "why")


def test_the_queues_of_a_person(refused):
    stage, system = refused, refused.system
    open_by_hand(stage, 2)
    take_case(system, stage.staff, 2)
    fix_case(system, stage.staff, 1, AGAIN)
    close_case(system, stage.staff, 3, "done")
    stage.tomorrow(9)
    expected = {
        "unclosed": [1, 2],
        "open": [2],
        "resent": [1],
        "overdue": [2],
        "mine": [2],
        "unowned": [1],
        "closed": [3],
    }
    for queue, ids in expected.items():
        page = page_cases(system, stage.staff, Queue(queue))
        assert [case["id"] for case in page.cases] == ids
    assert {str(queue): count for queue, count in page.counts.items()} == {
        queue: len(ids) for queue, ids in expected.items()
    }
    assert page_cases(system, stage.second, Queue.MINE).cases == []


def test_pages_and_neighbours_agree_with_the_list(stage):
    open_by_hand(stage, 7)
    stage.tomorrow()
    open_by_hand(stage, 3)
    open_by_hand(stage, 2, urgent=True)
    ids = [case["id"] for case in list_cases(stage.system, stage.staff)]
    assert ids == [11, 12, *range(1, 11)]
    paged = [page_cases(stage.system, stage.staff, page=page, per_page=5) for page in (1, 2, 3, 9)]
    assert [case["id"] for page in paged[:3] for case in page.cases] == ids
    assert (paged[3].page, paged[3].pages) == (3, 3)
    around = dict(zip(ids, zip([None, *ids], [*ids[1:], None], strict=False), strict=True))
    assert {at: neighbours(stage.system, stage.staff, at) for at in ids} == around
    close_case(stage.system, stage.staff, 1, "done")
    assert neighbours(stage.system, stage.staff, 1) == (None, None)
    assert neighbours(stage.system, stage.staff, 99) == (None, None)


def test_a_page_asks_no_more_of_the_database_for_a_longer_queue(stage):
    open_by_hand(stage, 60)
    asked: list[str] = []

    def count(_connection, _cursor, statement, *_):
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", count)
    try:
        page_cases(stage.system, stage.staff, per_page=1)
        short, asked[:] = len(asked), []
        page_cases(stage.system, stage.staff, per_page=50)
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    assert 0 < len(asked) == short


def test_a_case_from_before_there_were_notes_begins_with_what_its_row_tells(lone):
    lone.execute(Case.__table__.metadata.tables["case_notes"].delete())
    assert steps(lone) == [("opened", "")]
    close_case(lone.system, lone.staff, 1, "done")
    lone.execute(Case.__table__.metadata.tables["case_notes"].delete())
    assert steps(lone) == [("opened", ""), ("closed", "")]
    with pytest.raises(Conflict, match=r"Case 1 was closed on 3 March 2027 at 12:00: done"):
        take_case(lone.system, lone.staff, 1)


def test_a_bar_that_leaves_nothing_to_send_closes_the_case_with_its_reason(lone):
    bar_number(lone.system, lone.staff, number(1))
    assert steps(lone)[-1] == ("closed", lone.staff.name)
    assert lone.case(1)["closed_why"]


def test_a_deadline_knows_the_bank_holidays(sqlite_stage):
    sqlite_stage.clock.advance(timedelta(days=22))  # the Thursday before Easter
    open_by_hand(sqlite_stage)
    (case,) = sqlite_stage.all(Case)
    assert f"{case.due_at:%A %d %B %Y}" == "Wednesday 31 March 2027"


def test_staff_who_work_no_cases_own_none(lone):
    auditor = Actor("auditor@operations.example", Role.AUDITOR)
    assert staff_actor(lone.system, lone.staff.name).name in colleagues(lone.system, lone.staff)
    assert auditor.name not in colleagues(lone.system, lone.staff)
