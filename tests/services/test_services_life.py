"""The life of a number (A4): its entries, and what was wanted and held at any moment of it."""

import shutil
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stage import START, Stage, number
from stage_opening import load_small_directory, open_stage

from app.clock import FixedClock
from app.db.engine import Database
from app.domain.life import LifeKind
from app.errors import AppError, NotFound
from app.models.records import Registration
from app.services.barring import bar_number
from app.services.life.showing import Life, Standing, differences, history_of_number, life_of_number
from app.services.locations.cancelling import cancel_change
from app.services.locations.ceasing import cease_numbers, port_out
from app.services.locations.planned import planned_of
from app.services.lookup.asking import Asking
from app.services.lookup.looking import look_up
from app.services.reviews.judging import approve_review, return_review
from app.services.transactions import abandon

K = LifeKind
PLACES = count(1)
MINUTE = timedelta(minutes=1)


def life(stage: Stage, place: int = 1, **options) -> Life:
    return life_of_number(stage.system, stage.staff, stage.number_id(place), **options)


def snapshot(stage: Stage) -> tuple[object, ...]:
    """What is wanted and held at this moment, as the record itself says it."""
    record = stage.record(1)
    plain = [
        one and {name: value for name, value in one.items() if name not in {"latitude", "longitude"}}
        for one in (record["wanted"], record["accepted"])
    ]
    return plain[0], record["accepted_state"], plain[1]


def told(standing: Standing) -> tuple[object, ...]:
    return standing.wanted, standing.held_state, standing.held


def standing_then(found: Life, moment) -> Standing:
    return next(standing for standing in found.standings if standing.at <= moment)


def newest_said(stage: Stage) -> int:
    return int(stage.all(Registration)[-1].id)


DEEDS = {
    "register": lambda stage, word: stage.register(1, premises=f"Unit {word}"),
    "later": lambda stage, word: stage.register(1, premises=f"Unit {word}", effective_date=stage.day(2)),
    "doubtful": lambda stage, _: stage.register(1, premises="Unit 9", postcode="LS11 9ZZ"),
    "night": lambda stage, _: stage.night(),
    "accept": lambda stage, _: stage.accept(),
    "answer": lambda stage, word: stage.answer(word),
    "cease": lambda stage, _: cease_numbers(stage.system, stage.customer, [number(1)]),
    "leave": lambda stage, word: port_out(
        stage.system, stage.cli, number(1), "456", stage.today + timedelta(days=int(word))
    ),
    "bar": lambda stage, _: bar_number(stage.system, stage.customer, number(1)),
    "cancel": lambda stage, _: cancel_change(
        stage.system, stage.customer, planned_of(stage.system, stage.staff, 1)[0].id
    ),
    "approve": lambda stage, _: approve_review(stage.system, stage.staff, newest_said(stage)),
    "return": lambda stage, _: return_review(stage.system, stage.staff, newest_said(stage), "Which door?"),
    "abandon": lambda stage, _: abandon(
        stage.system, stage.staff, why="lost", txn_ref=stage.record(1)["transactions"][-1]["txn_ref"]
    ),
    "day": lambda stage, _: stage.tomorrow(),
}


def act(stage: Stage, name: str) -> None:
    """Do one thing to number 1; what is refused changes nothing."""
    kind, _, word = name.partition(" ")
    try:
        DEEDS[kind](stage, word)
    except (AppError, AssertionError, IndexError):
        return


ACTS = (
    *("register 1", "register 2", "register 3", "later 4", "doubtful", "night", "night", "accept", "accept"),
    *("answer 0103", "answer 0104", "answer 0041", "answer 0049", "answer 0050", "answer 0043", "answer 0102"),
    *("cease", "leave 0", "leave 1", "bar", "cancel", "approve", "return", "abandon", "day"),
)


def wrong_after(stage: Stage, acts: list[str]) -> list[object]:
    """Do the acts, a minute between them, and return the moments that do not show what was wanted and held then."""
    load_small_directory(stage)
    seen = []
    for name in ("register 1", *acts):
        act(stage, name)
        seen.append((stage.clock.now(), name, snapshot(stage)))
        stage.clock.advance(MINUTE)
    found = life(stage)
    return [
        (name, then, told(standing_then(found, at)))
        for at, name, then in seen
        if told(standing_then(found, at)) != then
    ]


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(acts=st.lists(st.sampled_from(ACTS), min_size=3, max_size=14))
def test_what_is_shown_of_a_moment_is_what_was_so(acts: list[str], sqlite_template, memory) -> None:
    folder = memory / f"life-{next(PLACES)}"
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "eld.db")
    database = Database(f"sqlite:///{folder / 'eld.db'}")
    try:
        assert wrong_after(open_stage(database, FixedClock(START), folder / "data"), acts) == []
    finally:
        database.dispose()
        shutil.rmtree(folder)


WALKS = (
    ["night", "accept", "register 2", "night", "abandon", "night", "answer 0039", "cease", "night", "accept"],
    ["night", "accept", "leave 0", "night", "accept", "answer 0049", "night"],
    ["doubtful", "approve", "night", "accept", "later 4", "cancel", "bar", "night", "accept", "register 3"],
)


@pytest.mark.parametrize("acts", WALKS, ids=lambda acts: "-".join(acts).replace(" ", "")[:40])
def test_the_same_on_both_databases(stage: Stage, acts: list[str]) -> None:
    assert wrong_after(stage, acts) == []


def test_it_tells_everything_with_who_and_when(stage: Stage) -> None:
    stage.live(1)
    stage.register(1, premises="Unit 3")
    stage.night()
    stage.answer("0102")
    look_up(stage.system, stage.staff, Asking(number(1), "call_now", "yes", "Control"))
    found = life(stage)
    told_of = {kind: [entry for entry in found.entries if entry.kind is kind] for kind in K}
    assert [entry.step for entry in told_of[K.SAID]] == ["moved", "record"]
    assert {entry.who for entry in told_of[K.SAID]} == {"owner@hartwell.example"}
    assert [entry.command for entry in told_of[K.TRANSACTION]] == ["M", "A"]
    assert told_of[K.FILE][0].file_sequence == 2
    assert {entry.rec_no for entry in told_of[K.FILE]} == {1}
    assert [entry.code for entry in told_of[K.REPLY]] == ["0102", "0037"]
    assert told_of[K.CASE][-1].step == "opened"
    assert [(entry.who, entry.step, entry.code, entry.text) for entry in told_of[K.LOOK_UP]] == [
        ("alex@operations.example", "call_now", "yes", "Control")
    ]
    assert told_of[K.READ] == []
    assert [entry.at for entry in found.entries] == sorted((entry.at for entry in found.entries), reverse=True)
    assert [entry.step for entry in life(stage, kinds={K.READ}).entries][:1] == ["life"]


def test_it_is_paged_and_counted_over_all(sqlite_stage: Stage) -> None:
    sqlite_stage.live(1)
    whole = life(sqlite_stage)
    first, last = life(sqlite_stage, per_page=2), life(sqlite_stage, per_page=2, page=99)
    assert first.entries == whole.entries[:2]
    assert (last.page, last.pages) == (first.pages, -(-len(whole.entries) // 2))
    assert first.counts[K.SAID] == 1
    assert {entry.kind for entry in life(sqlite_stage, kinds={K.REPLY}).entries} == {K.REPLY}


def test_two_moments_differ_field_by_field(sqlite_stage: Stage) -> None:
    sqlite_stage.live(1)
    sqlite_stage.clock.advance(MINUTE)
    sqlite_stage.register(1, premises="Unit 3")
    newest, before = life(sqlite_stage).standings[:2]
    rows = {row["field"]: row for row in differences(before, newest)}
    premises = rows["premises"]
    assert (premises["wanted_then"], premises["wanted_later"]) == ("PENNANT HOUSE", "UNIT 3")
    assert (premises["held_then"], premises["held_later"]) == ("PENNANT HOUSE", "PENNANT HOUSE")
    assert (premises["differs"], rows["postcode"]["differs"]) == ("yes", "")


def test_the_life_is_for_staff_and_its_reading_is_noted(sqlite_stage: Stage) -> None:
    sqlite_stage.live(1)
    with pytest.raises(NotFound):
        life_of_number(sqlite_stage.system, sqlite_stage.customer, sqlite_stage.number_id(1))
    with pytest.raises(NotFound):
        life_of_number(sqlite_stage.system, sqlite_stage.staff, 999)
    before = sqlite_stage.events().count("personal_data_read")
    life(sqlite_stage)
    assert sqlite_stage.events().count("personal_data_read") == before + 1


def test_a_holder_is_told_of_their_own_time_and_of_nobody_of_the_staff(stage: Stage) -> None:
    stage.live(1)
    cease_numbers(stage.system, stage.customer, [number(1)])
    stage.night()
    stage.accept()
    stage.tomorrow()
    stage.register(1, actor=stage.other_customer, premises="Lock House")
    stage.register(1, actor=stage.staff, account=stage.other_account, premises="Lock Cottage")
    told_of = history_of_number(stage.system, stage.other_customer, stage.number_id(1))
    assert {entry.who for entry in told_of if entry.kind is K.SAID} == {"owner@lockside.example", "us"}
    records = [entry.record for entry in told_of if entry.record]
    assert {record["premises"] for record in records} <= {"LOCK HOUSE", "LOCK COTTAGE"}
    assert all(entry.kind not in {K.FILE, K.CASE, K.LOOK_UP, K.READ} for entry in told_of)
    with pytest.raises(NotFound):
        history_of_number(stage.system, stage.customer, stage.number_id(1))
