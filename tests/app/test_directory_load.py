import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from directory_sources import (
    code_point_parts,
    code_point_row,
    onspd_row,
    onspd_text,
    postcodes,
    write_zip,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

import app.services.directory.load as loading
from app.audit.keys import KeyStore
from app.clock import FixedClock
from app.db.engine import Database
from app.db.locks import named_lock
from app.domain.actors import Actor, Role
from app.errors import Busy, NotAllowed, Refused
from app.models.audit import AuditEvent
from app.models.directory import DirectoryEdition, DirectoryPostcode
from app.services.directory import LoadedDirectory, load_directory, open_directory, sample_directory
from app.services.directory.rows import BATCH

OPERATOR = Actor("cli:operator", Role.OPERATIONS)
OLD = ("LS1 1BA", "LS1 1BB", "M1 1AE")
NEW = ("ZE1 0AA", "M1 1AE")


@pytest.fixture
def system(database: Database, clock: FixedClock, keys: KeyStore) -> SimpleNamespace:
    return SimpleNamespace(database=database, clock=clock, keys=keys, today=clock.now().date())


def delivery(folder: Path, wanted: tuple[str, ...], name: str = "x.zip") -> Path:
    rows = [code_point_row(postcode, 429_157, 434_500) for postcode in wanted]
    return write_zip(folder / name, code_point_parts(rows, licence="August 2014"))


def state(database: Database) -> tuple[object, ...]:
    """All that a load could have changed."""
    with database.reading() as work:
        current = select(DirectoryEdition.id, DirectoryEdition.sha256).where(DirectoryEdition.current)
        rows = select(DirectoryPostcode.edition_id, DirectoryPostcode.postcode).order_by(DirectoryPostcode.postcode)
        events = select(func.count()).select_from(AuditEvent)
        return (
            work.session.execute(current).all(),
            work.session.execute(rows).all(),
            work.session.execute(events).scalar_one(),
        )


@pytest.fixture
def old(system: SimpleNamespace, tmp_path: Path) -> LoadedDirectory:
    return load_directory(system, OPERATOR, delivery(tmp_path, OLD, "old.zip"))


def test_a_load_says_what_it_did_and_the_trail_holds_it(system: SimpleNamespace, old: LoadedDirectory) -> None:
    assert old.as_dict() == {
        "source": "Code-Point Open",
        "edition": "2014-08-01",
        "dated_by": "the month in Doc/licence.txt",
        "areas": ["LS", "M"],
        "knows_end_dates": False,
        "rows": 3,
        "unplaced": 0,
        "sha256": old.sha256,
        "to_review": 0,
    }
    with system.database.reading() as work:
        (event,) = work.session.execute(select(AuditEvent).where(AuditEvent.action == "directory_loaded")).scalars()
    assert (event.actor, event.subject_kind) == ("cli:operator", "directory")
    for part in ('"rows":3', '"source":"code-point-open"', '"edition":"2014-08-01"', f'"digest":"{old.sha256}"'):
        assert part in event.detail


@pytest.mark.usefixtures("old")
def test_a_new_edition_takes_the_place_of_the_old_one(system: SimpleNamespace, tmp_path: Path) -> None:
    new = load_directory(system, OPERATOR, delivery(tmp_path, NEW))
    current, rows, _ = state(system.database)
    assert [edition.sha256 for edition in current] == [new.sha256]
    assert rows == [(current[0].id, postcode) for postcode in sorted(NEW)]
    with system.database.reading() as work:
        assert work.session.execute(select(func.count()).select_from(DirectoryEdition)).scalar_one() == 2


@pytest.mark.usefixtures("old")
def test_a_reader_of_the_old_edition_sees_it_whole_until_the_end(system: SimpleNamespace, tmp_path: Path) -> None:
    seen: dict[str, set[str]] = {}

    def look(stage: str, done: int, total: int) -> None:
        with system.database.reading() as work:
            directory = open_directory(work)
            assert directory is not None
            found = {postcode for postcode in {*OLD, *NEW} if directory.find(postcode)}
            seen.setdefault(f"{stage} {done == total}", found)

    load_directory(system, OPERATOR, delivery(tmp_path, NEW), look)
    assert seen["reading True"] == seen["writing True"] == {*OLD}
    look("after", 1, 1)
    assert seen["after True"] == {*NEW}


@pytest.mark.parametrize("step", ["copy_rows", "append"])
@pytest.mark.usefixtures("old")
def test_a_load_that_fails_in_the_middle_leaves_the_old_edition(
    system: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    before, real = state(system.database), getattr(loading, step)

    def broken(*arguments: object, **named: object) -> None:
        real(*arguments, **named)
        raise RuntimeError("power cut")

    monkeypatch.setattr(loading, step, broken)
    with pytest.raises(RuntimeError, match="power cut"):
        load_directory(system, OPERATOR, delivery(tmp_path, NEW))
    assert state(system.database) == before


@pytest.mark.usefixtures("old")
def test_a_fault_in_the_last_row_leaves_the_old_edition(system: SimpleNamespace, tmp_path: Path) -> None:
    before = state(system.database)
    rows = [onspd_row(f"LS{n % 90 + 1} {n // 2000}{chr(65 + n // 90 % 22)}A") for n in range(90 * 22)]
    path = tmp_path / "ONSPD_NOV_2025_UK.csv"
    path.write_text(onspd_text([*rows, onspd_row("LS1 9ZZ", doterm="x")]), "utf-8")
    with pytest.raises(Refused):
        load_directory(system, OPERATOR, path)
    assert state(system.database) == before


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.lists(postcodes(), min_size=1, max_size=9, unique=True), st.data())
@pytest.mark.usefixtures("old")
def test_a_zip_cut_anywhere_leaves_the_old_edition(
    system: SimpleNamespace, wanted: list[str], data: st.DataObject
) -> None:
    before = state(system.database)
    with tempfile.TemporaryDirectory() as folder:
        path = delivery(Path(folder), tuple(wanted))
        whole = path.read_bytes()
        path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
        with pytest.raises(Refused):
            load_directory(system, OPERATOR, path)
    assert state(system.database) == before


@pytest.mark.usefixtures("old")
def test_a_second_load_at_the_same_time_is_told_to_wait(system: SimpleNamespace, tmp_path: Path) -> None:
    before = state(system.database)
    with named_lock(system.database, "postcode-directory"), pytest.raises(Busy):
        load_directory(system, OPERATOR, delivery(tmp_path, NEW))
    assert state(system.database) == before


def test_a_customer_may_not_load_a_directory(system: SimpleNamespace, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed):
        load_directory(system, Actor("a", Role.CUSTOMER, account_id=1), delivery(tmp_path, NEW))


def test_end_dates_and_large_users_are_kept(system: SimpleNamespace, tmp_path: Path) -> None:
    path = tmp_path / "ONSPD_NOV_2025_UK.csv"
    rows = [
        onspd_row("LS1 1BA", doterm="201903", usertype=1, lat="53.806001", long="-1.558703"),
        onspd_row("LS1 1BB"),
    ]
    path.write_text(onspd_text(rows), "utf-8")
    loaded = load_directory(system, OPERATOR, path)
    assert (loaded.knows_end_dates, loaded.rows, loaded.unplaced) == (True, 2, 1)
    with system.database.reading() as work:
        found = work.session.execute(
            select(
                DirectoryPostcode.postcode,
                DirectoryPostcode.latitude,
                DirectoryPostcode.longitude,
                DirectoryPostcode.terminated,
                DirectoryPostcode.large_user,
            ).order_by(DirectoryPostcode.postcode)
        ).all()
    assert found == [
        ("LS1 1BA", 53.806001, -1.558703, date(2019, 3, 1), True),
        ("LS1 1BB", None, None, None, False),
    ]


def test_progress_only_grows_and_reaches_the_end(system: SimpleNamespace, tmp_path: Path) -> None:
    steps: list[tuple[str, int, int]] = []
    inward = [f"{d}{a}{b}" for d in range(10) for a in "ABDEFGHJLN" for b in "ABDEFGHJLN"]
    many = tuple(f"LS{district} {code}" for district in range(1, 13) for code in inward)
    load_directory(system, OPERATOR, delivery(tmp_path, many), lambda *step: steps.append(step))
    reading = [step[1:] for step in steps if step[0] == "reading"]
    writing = [step[1:] for step in steps if step[0] == "writing"]
    assert writing == [(BATCH, 12_000), (12_000, 12_000)]
    assert reading == sorted(reading)
    assert all(done <= total for done, total in reading)
    assert reading[-1][0] == reading[-1][1]
    assert [step[0] for step in steps] == ["reading"] * len(reading) + ["writing"] * len(writing)


@pytest.fixture
def sample() -> Iterator[Path]:
    with sample_directory() as path:
        yield path


def test_the_sample_that_the_project_ships_can_be_loaded(system: SimpleNamespace, sample: Path) -> None:
    loaded = load_directory(system, OPERATOR, sample)
    assert loaded.rows > 0
    assert loaded.source == "Directory CSV"
