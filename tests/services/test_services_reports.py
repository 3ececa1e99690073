"""The figures behind the plots, held against a plain recount; on both kinds of database."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import delete
from stage import Stage

from app.domain.actors import Actor, Role
from app.domain.permissions import Permission, permitted
from app.domain.statuses import Status
from app.errors import NotAllowed
from app.models.numbers import Number
from app.models.reports import CoverageDay
from app.services.overview import list_numbers
from app.services.reports import coverage as module
from app.services.reports.ages import case_ages
from app.services.reports.coverage import coverage_history, coverage_now, note_coverage
from app.services.reports.nights import nights


@pytest.fixture
def busy(stage: Stage) -> Stage:
    """Live, refused, waiting and untouched numbers over three nights."""
    stage.live(1, 2)
    stage.tomorrow()
    stage.register(3)
    stage.register(4)
    stage.night()
    stage.fco()
    stage.answer("0102", 3)
    stage.tomorrow()
    stage.register(5)
    stage.register(1, premises="Unit 9")
    stage.night()
    stage.tomorrow()
    stage.register(6)
    return stage


def recounted(stage: Stage) -> Counter[Status]:
    found: Counter[Status] = Counter()
    page, pages = 1, 1
    while page <= pages:
        listed = list_numbers(stage.system, stage.staff, None, page=page, per_page=200)
        found.update(line.status for line in listed.lines)
        page, pages = page + 1, listed.pages
    return found


def test_coverage_is_what_a_recount_says(busy: Stage) -> None:
    found = coverage_now(busy.system, busy.staff)
    by_hand = recounted(busy)
    assert {status: count for status, count in found.numbers.items() if count} == by_hand
    assert set(found.numbers) == set(Status)
    assert found.live == by_hand[Status.LIVE] == 1
    assert found.in_use == len(busy.all(Number)) - by_hand[Status.CEASED] - by_hand[Status.BARRED]


def test_a_day_is_kept_once_and_stays_as_it_was(busy: Stage) -> None:
    assert coverage_history(busy.system, busy.staff) == []
    before = coverage_now(busy.system, busy.staff)
    assert note_coverage(busy.system)
    busy.accept()
    assert not note_coverage(busy.system)
    assert coverage_history(busy.system, busy.staff) == [before]
    busy.tomorrow()
    assert note_coverage(busy.system)
    days = coverage_history(busy.system, busy.staff)
    assert [day.day for day in days] == [before.day, busy.today]
    assert days[-1].numbers == recounted(busy) | dict.fromkeys(set(Status) - set(recounted(busy)), 0)
    assert [day.day for day in coverage_history(busy.system, busy.staff, days=1)] == [busy.today]


def test_of_two_that_count_at_once_one_is_kept(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    count, again = module.count_numbers, []

    def meanwhile(system, look):
        if not again:
            again.append(True)
            assert note_coverage(system)
        return count(system, look)

    monkeypatch.setattr(module, "count_numbers", meanwhile)
    assert not note_coverage(stage.system)
    assert len(stage.all(CoverageDay)) == len(Status)
    stage.execute(delete(CoverageDay))


def test_nights_tell_what_each_carried_and_what_came_of_it(busy: Stage) -> None:
    found = nights(busy.system, busy.staff)
    first, second, third = found
    assert all(a.day < b.day for a, b in pairwise(found))
    assert [night.files for night in found] == [1, 1, 1]
    assert (first.records, first.accepted, first.refused, first.waiting) == (2, 2, 0, 0)
    assert (second.records, second.accepted, second.refused, second.waiting) == (2, 0, 1, 1)
    assert (third.records, third.waiting) == (2, 2)
    assert (dict(second.by_command), dict(third.by_command)) == ({"A": 2}, {"A": 1, "M": 1})
    assert all(n.records == n.accepted + n.refused + n.ended + n.waiting for n in found)
    assert [file.record_count for file in busy.files()] == [night.records for night in found]
    assert nights(busy.system, busy.staff, most=2) == found[1:]


def test_cases_by_age(busy: Stage) -> None:
    found = case_ages(busy.system, busy.staff)
    assert (found.total, found.overdue) == (1, 0)
    assert found.oldest == timedelta(days=2)
    assert {span.name: span.to_mend for span in found.spans if span.to_mend} == {"2 to 3 days": 1}
    busy.tomorrow(30)
    found = case_ages(busy.system, busy.staff)
    assert (found.total, found.overdue, found.spans[-1].to_mend) == (1, 1, 1)


def test_nothing_yet_is_no_error(stage: Stage) -> None:
    assert nights(stage.system, stage.staff) == []
    ages = case_ages(stage.system, stage.staff)
    assert (ages.total, ages.oldest) == (0, None)


@pytest.mark.parametrize("role", [*Role])
def test_who_may_see_them(sqlite_stage: Stage, role: Role) -> None:
    actor = Actor("somebody", role, account_id=1 if role is Role.CUSTOMER else None)
    for report in (coverage_now, coverage_history, nights, case_ages):
        if permitted(role, Permission.SEE_REPORTS):
            report(sqlite_stage.system, actor)
        else:
            with pytest.raises(NotAllowed):
                report(sqlite_stage.system, actor)
