"""What is stored with a location beside its record: VoIP's limits, bars, ports, PAF; and faults in the middle."""

import tracemalloc

import psycopg
import pytest
from stage import number
from test_services_uploads import counts, nothing_is_stored, row, table, upload

from app.domain.statuses import Status
from app.domain.voip import TEXT_VERSION
from app.errors import Busy, Conflict
from app.models.numbers import Address, Number
from app.models.records import Registration
from app.services import uploads
from app.services.barring import bar_number
from app.services.locations import storing
from app.services.locations.ceasing import cease_numbers
from app.services.locations.storing import Store

VOIP = {"line_type": "VOIP", "voip_acknowledged": "yes"}


def test_the_acknowledgement_of_voips_limits_keeps_its_day(stage):
    stage.register(1, **VOIP)
    stage.tomorrow()
    stage.register(1, **VOIP, premises="Unit 4", nomadic="yes")
    first, second = stage.all(Registration)
    assert (first.voip_text_version, first.nomadic, second.nomadic) == (TEXT_VERSION, False, True)
    assert first.voip_acknowledged_at == second.voip_acknowledged_at != stage.clock.now()


def test_another_text_is_acknowledged_anew(stage, monkeypatch):
    stage.register(1, **VOIP)
    stage.tomorrow()
    monkeypatch.setattr(storing, "TEXT_VERSION", "2027-03")
    stage.register(1, **VOIP, premises="Unit 4")
    second = stage.all(Registration)[1]
    assert (second.voip_text_version, second.voip_acknowledged_at) == ("2027-03", stage.clock.now())


def test_what_a_former_holder_acknowledged_is_not_the_new_ones(stage):
    stage.register(1, **VOIP)
    stage.tomorrow()
    cease_numbers(stage.system, stage.customer, [number(1)])
    stage.register(1, actor=stage.other_customer, **VOIP)
    assert stage.all(Registration)[-1].voip_acknowledged_at == stage.clock.now()


def test_without_acknowledgement_nothing_is_kept_of_one(stage):
    stage.register(1)
    (said,) = stage.all(Registration)
    assert (said.voip_acknowledged, said.voip_text_version, said.voip_acknowledged_at) == (False, "", None)


def test_an_import_lifts_the_bar_of_those_in_it(stage):
    for place in (1, 2, 3):
        stage.register(place)
        bar_number(stage.system, stage.staff, number(place))
    assert not upload(stage, table(row(1), row(2))).saved, "the bar is lifted by a word, not in passing"
    header = "number,name,premises,thoroughfare,post_town,postcode,outside_uk"
    report = upload(stage, table(f"{row(1)},no", f"{row(2)},no", header=header))
    assert report.saved
    assert [found.barred_at is None for found in stage.all(Number)] == [True, True, False]
    assert stage.events().count("number_unbarred") == 2
    assert stage.record(1)["status"] == Status.WAITING
    assert stage.record(3)["status"] == Status.BARRED


def test_a_number_that_is_brought_here_is_recorded_as_ported_in(stage):
    day = stage.day(3)
    header = "number,name,premises,thoroughfare,post_town,postcode,losing_cupid,effective_date"
    report = upload(stage, table(f"{row(1)},123,{day}", f"{row(2)},,", header=header), actor=stage.cli)
    assert counts(report) == (2, 2, 0, 0, 0), list(report.problems)
    ported, own = stage.all(Number)
    assert (ported.ported_in, ported.losing_cupid, ported.port_date.isoformat()) == (True, "123", day)
    assert (own.ported_in, own.losing_cupid, own.port_date) == (False, "", None)


def test_paf_elements_are_kept_with_the_address(stage):
    stage.register(1, premises="", building_name="Pennant House", sub_building="Unit 4")
    stage.register(2)
    kept = {found.premises: found.paf for found in stage.all(Address)}
    assert kept.pop("Pennant House") is None
    (paf,) = kept.values()
    assert paf == {"sub_building": "Unit 4", "building_name": "Pennant House"}


def test_one_address_for_many_numbers_is_one_row(stage):
    upload(stage, table(*(row(place) for place in range(5)), row(5, premises="Unit 4 Mill")))
    assert len(stage.all(Address)) == 2
    upload(stage, table(row(6)))
    assert len(stage.all(Address)) == 2


@pytest.mark.parametrize("batch", [1, 2, 3, 4])
@pytest.mark.parametrize("step", ["_numbers", "_values", "_supersede", "_transact"])
def test_a_fault_in_any_batch_leaves_nothing(stage, monkeypatch, batch, step):
    monkeypatch.setattr(uploads, "BATCH", 2)
    original, calls = getattr(Store, step), []

    def fail(*arguments):
        calls.append(step)
        if len(calls) == batch:
            raise RuntimeError("the disk is full")
        return original(*arguments)

    monkeypatch.setattr(Store, step, fail)
    with pytest.raises(RuntimeError):
        upload(stage, table(*(row(place) for place in range(8))))
    assert nothing_is_stored(stage)
    assert stage.all(Address) == []
    assert "locations_imported" not in stage.events()


def test_a_number_that_another_puts_in_use_in_this_moment_is_a_conflict(stage, monkeypatch):
    original = Store._number

    def twice(store, item):
        return original(store, item) | {"number": "+441632960001"}

    monkeypatch.setattr(Store, "_number", twice)
    with pytest.raises(Conflict):
        upload(stage, table(row(1), row(2)))
    assert nothing_is_stored(stage)


@pytest.mark.parametrize("new_stage", ["postgresql"], indirect=True)
def test_a_database_that_is_busy_in_the_middle_of_a_copy_can_be_tried_again(new_stage, monkeypatch):
    stage = new_stage()

    def locked(*_):
        raise psycopg.errors.LockNotAvailable("canceling statement due to lock timeout")

    monkeypatch.setattr("app.db.bulk._copy", locked)
    with pytest.raises(Busy):
        upload(stage, table(row(1)))


def test_a_dry_run_counts_the_numbers_of_an_address_over_its_batches(new_stage, monkeypatch):
    monkeypatch.setattr(uploads, "BATCH", 2)
    stage = new_stage(ELD_NUMBERS_PER_ADDRESS="3")
    content = table(*(row(place) for place in range(6)))
    found = []
    for dry_run in (True, False):
        report = upload(stage, content, dry_run=dry_run)
        found.append([(problem.row, problem.message) for problem in report.problems if problem.code == "A05"])
    assert [place for place, _ in found[0]] == [4, 5, 6]
    assert found[0] == found[1]


def test_a_dry_run_keeps_nobody_waiting(stage):
    content = table(*(row(place) for place in range(3)))

    def register_meanwhile(_more):
        stage.register(7)

    report = upload(stage, content, dry_run=True, progress=register_meanwhile)
    assert report.accepted == 3
    assert [found.number[-3:] for found in stage.all(Number)] == ["007"]


def test_a_report_of_any_length_can_be_gone_through_again_and_again(stage):
    report = upload(stage, table(*(row(place, postcode="none") for place in range(300))), dry_run=True)
    assert [failed.row for failed in report.failed] == list(range(1, 301))
    first, second = iter(report.problems), iter(report.problems)
    assert next(first) == next(second)
    assert len(list(first)) == len(list(second)) == len(report.problems) - 1
    assert report.as_dict()["problems"][0]["row"] == 1


def test_memory_does_not_grow_with_the_rows(sqlite_stage, monkeypatch):
    monkeypatch.setattr(uploads, "BATCH", 100)
    monkeypatch.setattr("app.services.spool.IN_MEMORY", 1000)

    def peak(count):
        content = table(*(row(place, postcode="none") for place in range(count)))
        tracemalloc.start()
        report = upload(sqlite_stage, content, dry_run=True)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert (report.refused, len(report.failed)) == (count, count)
        return most

    peak(2400)  # what is loaded once, and caches that have an end
    assert peak(2400) < peak(600) + 200_000
