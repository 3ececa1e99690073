"""Another directory beside the one that is loaded: what would change, and which records a load would touch."""

import json
import tracemalloc
from datetime import date

import pytest
from sqlalchemy import func, select
from stage import number

from app.domain.actors import Actor, Role
from app.errors import NotAllowed, Refused
from app.models.directory import DirectoryEdition, DirectoryPostcode
from app.models.records import Registration
from app.services.directory import Change, compare, compare_directories, load_directory

HEADER = "postcode,latitude,longitude,terminated,edition\n"
OLD = {"LS1 1AA": "2010-05-01", "LS11 5DF": "", "LS1 4AP": "", "LS2 9JT": "", "M1 1AE": "", "ZE1 0AA": ""}
NEW = {"LS1 1AA": "", "LS11 5DF": "2026-11-01", "LS2 9JT": "", "M1 1AE": "", "M1 1AF": "", "M1 1AG": "2020-01-01"}


def written(path, listed):
    lines = [f"{postcode},53.8,-1.5,{ended},2027-02-01\n" for postcode, ended in listed.items()]
    path.write_text(HEADER + "".join(lines), "utf-8")
    return path


@pytest.fixture
def loaded(stage, tmp_path):
    load_directory(stage.system, stage.cli, written(tmp_path / "old.csv", OLD))
    stage.live(1, 2)
    stage.live(3, postcode="LS1 4AP")
    stage.live(4, postcode="LS2 9JT")
    return stage


def test_it_says_what_a_load_would_change_and_whom_it_touches(loaded, tmp_path):
    told = []
    path = written(tmp_path / "new.csv", NEW)
    found = compare_directories(loaded.system, loaded.cli, path, on_change=told.append)
    assert [(change.postcode, str(change.change)) for change in told] == [
        ("LS1 1AA", "back"),
        ("LS1 4AP", "gone"),
        ("LS11 5DF", "ended"),
        ("M1 1AF", "new"),
        ("ZE1 0AA", "uncovered"),
    ]
    document = json.loads(json.dumps(found.as_dict()))
    assert document["old"] == {"source": "Directory CSV", "edition": "2027-02-01", "rows": 6}
    assert document["new"] == {"source": "Directory CSV", "edition": "2027-02-01", "rows": 6}
    assert document["counts"] == {"new": 1, "ended": 1, "gone": 1, "back": 1, "uncovered": 1}
    assert document["areas"]["LS"] == {"new": 0, "ended": 1, "gone": 1, "back": 1, "uncovered": 0}
    assert list(document["areas"]) == ["LS", "M", "ZE"]
    assert document["examples"]["ended"] == ["LS11 5DF"]
    facts = {"postcode": "LS11 5DF", "old": "live", "new": "ended", "ended": "2026-11-01"}
    gone = {"number_id": loaded.number_id(3), "postcode": "LS1 4AP", "old": "live", "new": "missing", "ended": None}
    assert document["touched"] == [
        gone,
        {"number_id": loaded.number_id(1), **facts},
        {"number_id": loaded.number_id(2), **facts},
    ]
    assert document["to_review"] == 3
    assert load_directory(loaded.system, loaded.cli, path).to_review == 3, "as was said"


def test_nothing_is_loaded_by_it(loaded, tmp_path):
    def state():
        with loaded.system.database.reading() as look:
            counted = [
                look.session.scalar(select(func.count()).select_from(row))
                for row in (DirectoryEdition, DirectoryPostcode, Registration)
            ]
        return counted, loaded.events()

    before = state()
    compare_directories(loaded.system, loaded.cli, written(tmp_path / "new.csv", NEW))
    assert state() == before


def test_without_a_directory_all_is_new_and_nothing_is_touched(stage, tmp_path):
    stage.live(1)
    found = compare_directories(stage.system, stage.cli, written(tmp_path / "new.csv", NEW))
    assert (found.old, found.to_review, found.counts[Change.NEW]) == (None, 0, 4)
    assert found.new.edition == date(2027, 2, 1)


def test_only_a_thousand_are_named_and_all_are_counted(loaded, tmp_path, monkeypatch):
    monkeypatch.setattr(compare, "MOST_TOUCHED", 2)
    monkeypatch.setattr(compare, "BATCH", 1)
    found = compare_directories(loaded.system, loaded.cli, written(tmp_path / "new.csv", NEW))
    assert (found.to_review, len(found.touched)) == (3, 2)


def test_what_waits_already_is_not_counted(loaded, tmp_path):
    loaded.register(1, postcode="LS1 9ZZ")
    found = compare_directories(loaded.system, loaded.cli, written(tmp_path / "new.csv", NEW))
    assert [item.number_id for item in found.touched] == [loaded.number_id(3), loaded.number_id(2)]
    assert number(1) not in str(found.as_dict())


def test_a_damaged_source_is_refused_and_a_customer_may_not_compare(loaded, tmp_path):
    with pytest.raises(Refused):
        compare_directories(loaded.system, loaded.cli, written(tmp_path / "new.csv", {"LS1": ""}))
    with pytest.raises(NotAllowed):
        compare_directories(loaded.system, Actor("a", Role.CUSTOMER, account_id=1), tmp_path / "new.csv")


def test_memory_does_not_grow_with_the_directories(loaded, tmp_path, monkeypatch):
    monkeypatch.setattr("app.services.directory.spool.RUN", 2_000)
    monkeypatch.setattr("app.services.directory.spool.CHUNK", 100)
    monkeypatch.setattr("app.services.directory.rows.BATCH", 500)
    monkeypatch.setattr("app.services.directory.directory_csv.BATCH", 500)
    monkeypatch.setattr(compare, "BATCH", 500)
    units = [f"{first}{second}" for first in "ABDEFGHJLN" for second in "ABDEFGHJLN"]

    def peak(sectors):
        listed = [f"LS{district} {sector}{unit}" for district in range(10, 30) for sector in sectors for unit in units]
        path = written(tmp_path / "many.csv", dict.fromkeys(listed, ""))
        tracemalloc.start()
        found = compare_directories(loaded.system, loaded.cli, path)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert found.counts[Change.NEW] in {len(listed), len(listed) - 1}
        return most

    peak("01")
    assert peak("0123456789") < peak("01") * 1.25
