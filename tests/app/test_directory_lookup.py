from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from directory_sources import AREAS, LETTERS, onspd_row, onspd_text, postcodes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from app.audit.keys import KeyStore
from app.clock import FixedClock
from app.db.engine import Database
from app.domain.actors import Actor, Role
from app.services.directory import PREFETCH_MOST, check_postcodes, load_directory, lookup, open_directory
from app.services.directory.lookup import CACHE_MOST, DatabaseDirectory
from validators import DirectoryEntry, MemoryDirectory, check_postcode

OPERATOR = Actor("cli:operator", Role.OPERATIONS)
PLACE = {"lat": "53.806001", "long": "-1.558703"}
ROWS = [
    onspd_row("LS1 1BA", **PLACE),
    onspd_row("LS1 1BB", usertype=1, **PLACE),
    onspd_row("LS1 1ZZ", doterm="201903", **PLACE),
    onspd_row("LS1 2AA", **PLACE),
    onspd_row("LS1 9ZZ"),
    onspd_row("LS11 1BA", **PLACE),
    onspd_row("LS10 1BA", **PLACE),
]


@pytest.fixture
def system(database: Database, clock: FixedClock, keys: KeyStore) -> SimpleNamespace:
    return SimpleNamespace(database=database, clock=clock, keys=keys, today=clock.now().date())


def load(system: SimpleNamespace, folder: Path, rows: list[dict[str, object]]) -> None:
    path = folder / "ONSPD_NOV_2025_UK.csv"
    path.write_text(onspd_text(rows), "utf-8")
    load_directory(system, OPERATOR, path)


@pytest.fixture
def directory(system: SimpleNamespace, tmp_path: Path) -> Iterator[DatabaseDirectory]:
    load(system, tmp_path, ROWS)
    with system.database.reading() as work:
        opened = open_directory(work)
        assert opened is not None
        yield opened


@pytest.fixture
def statements() -> Iterator[list[str]]:
    told: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().startswith("SELECT"):
            told.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield told
    event.remove(Engine, "before_cursor_execute", note)


def test_there_is_no_directory_before_one_is_loaded(database: Database) -> None:
    with database.reading() as work:
        assert open_directory(work) is None


def test_it_says_of_itself_what_its_source_said(directory: DatabaseDirectory) -> None:
    assert (directory.edition, directory.knows_end_dates) == (date(2025, 11, 1), True)
    assert directory.covers("LS")
    assert not directory.covers("BT")
    assert not directory.covers("L")


def test_an_entry_is_found_as_it_was_loaded(directory: DatabaseDirectory) -> None:
    assert directory.find("LS1 1BA") == DirectoryEntry("LS1 1BA", 53.806001, -1.558703)
    assert directory.find("LS1 1BB") == DirectoryEntry("LS1 1BB", 53.806001, -1.558703, None, large_user=True)
    assert directory.find("LS1 1ZZ") == DirectoryEntry("LS1 1ZZ", 53.806001, -1.558703, date(2019, 3, 1))
    assert directory.find("LS1 9ZZ") == DirectoryEntry("LS1 9ZZ")
    assert directory.find("LS1 1BC") is None


def test_neighbours_are_those_of_the_sector_and_no_other(directory: DatabaseDirectory) -> None:
    assert directory.neighbours("LS1 1AA") == ("LS1 1BA", "LS1 1BB", "LS1 1ZZ")
    assert directory.neighbours("LS1 9AA") == ("LS1 9ZZ",)
    assert directory.neighbours("LS1 8AA") == ()


def test_a_batch_is_asked_for_once(directory: DatabaseDirectory, statements: list[str]) -> None:
    inward = [f"{digit}{a}{b}" for digit in range(10) for a in LETTERS for b in LETTERS]
    wanted = [f"LS1 {code}" for code in inward] + [f"LS2 {code}" for code in inward[:1000]]
    assert len(wanted) == PREFETCH_MOST
    directory.prefetch(wanted)
    found = {postcode for postcode in wanted if directory.find(postcode) is not None}
    directory.prefetch(wanted)
    assert found == {"LS1 1BA", "LS1 1BB", "LS1 1ZZ", "LS1 2AA", "LS1 9ZZ"}
    assert len(statements) == 1


def test_a_batch_that_is_too_large_is_refused(directory: DatabaseDirectory) -> None:
    with pytest.raises(ValueError, match="5001 postcodes in one batch"):
        directory.prefetch([str(number) for number in range(PREFETCH_MOST + 1)])


def test_what_is_remembered_stays_small(directory: DatabaseDirectory) -> None:
    for start in range(0, 2 * CACHE_MOST, PREFETCH_MOST):
        directory.prefetch([f"LS1 {number}" for number in range(start, start + PREFETCH_MOST)])
        assert len(directory._cache) <= CACHE_MOST
    assert directory.find("LS1 1BA") is not None


def test_what_may_have_been_meant_is_asked_for_once_and_drives_out_no_batch(
    directory: DatabaseDirectory, statements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = [f"LS1 1{first}{second}" for first in "DEFGH" for second in LETTERS]
    directory.prefetch(unknown)
    assert len(statements) == 1
    for postcode in unknown:
        (finding,) = check_postcode(postcode, directory).findings
        assert finding.code == "P03"
    assert len(statements) == 1 + len(unknown), "one more for each, whatever number of candidates it has"
    for postcode in unknown:
        check_postcode(postcode, directory, areas=frozenset({"LS"}))
    assert len(statements) == 1 + len(unknown), "and none when it is met again"
    monkeypatch.setattr(lookup, "CACHE_MOST", 400)
    assert set(directory.find_all(["LS1 1BA", "LS1 1ZZ", "LS1 1BC"])) == {"LS1 1BA", "LS1 1ZZ"}
    directory.find_all([f"LS1 {number}" for number in range(300)])
    assert len(directory._guesses) <= 400
    with pytest.raises(ValueError, match="5001 postcodes in one question"):
        directory.find_all([str(number) for number in range(PREFETCH_MOST + 1)])


def test_a_directory_replaced_in_the_middle_of_a_unit_is_never_found_empty(
    database: Database, system: SimpleNamespace, tmp_path: Path
) -> None:
    load(system, tmp_path, ROWS)
    if database.dialect == "sqlite":
        # One writer at a time, and a reader keeps its snapshot.
        with database.reading() as work:
            directory = open_directory(work)
            assert directory is not None
            load(system, tmp_path, [onspd_row("M1 1AE")])
            assert directory.find("LS1 1BA") is not None
        return
    with database.unit_of_work() as work:
        directory = open_directory(work)
        assert directory is not None
        assert directory.find("M1 1AE") is None
        load(system, tmp_path, [onspd_row("M1 1AE")])
        assert directory.find("LS1 1BB") is None
        assert directory.find("M1 1AE") is not None
        assert (directory.covers("LS"), directory.covers("M")) == (False, True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(
    st.dictionaries(postcodes(), st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=25),
    st.lists(postcodes(), max_size=25),
    st.booleans(),
)
def test_it_answers_as_the_directory_in_memory_does(
    system: SimpleNamespace,
    tmp_path: Path,
    wanted: dict[str, tuple[bool, bool]],
    asked: list[str],
    fetched: bool,
) -> None:
    rows = [
        onspd_row(postcode, doterm="201903" if ended else "", usertype=int(large), **PLACE)
        for postcode, (ended, large) in wanted.items()
    ]
    load(system, tmp_path, rows)
    entries = [
        DirectoryEntry(postcode, 53.806001, -1.558703, date(2019, 3, 1) if ended else None, large)
        for postcode, (ended, large) in wanted.items()
    ]
    memory = MemoryDirectory(entries, date(2025, 11, 1), knows_end_dates=True)
    with system.database.reading() as work:
        directory = open_directory(work)
        assert directory is not None
        if fetched:
            directory.prefetch(asked)
        for postcode in [*asked, *wanted]:
            assert directory.find(postcode) == memory.find(postcode)
            assert sorted(directory.neighbours(postcode)) == sorted(memory.neighbours(postcode))
            assert check_postcode(postcode, directory) == check_postcode(postcode, memory)
            assert directory.find_all(asked) == memory.find_all(asked)
        assert [directory.covers(area) for area in AREAS] == [memory.covers(area) for area in AREAS]


def test_postcodes_are_checked_as_people_write_them(system: SimpleNamespace, tmp_path: Path) -> None:
    load(system, tmp_path, ROWS)
    raw = ["ls11ba", "LS1 1BD", "LS1 1ZZ", "LS1 1BB", "BT1 1AA", "L51 1BA", "nonsense"]
    results = check_postcodes(system, raw)
    assert [result["input"] for result in results] == raw
    assert results[0] == {
        "input": "ls11ba",
        "postcode": "LS1 1BA",
        "valid": True,
        "in_directory": True,
        "terminated": None,
        "latitude": 53.806001,
        "longitude": -1.558703,
        "problems": [],
    }
    codes = [[problem["code"] for problem in result["problems"]] for result in results]
    assert codes == [[], ["P03"], ["P04"], ["P07"], ["P00"], ["P00"], ["P01"]]
    assert [result["valid"] for result in results] == [True] * 6 + [False]
    assert [result["in_directory"] for result in results] == [True, False, True, True, False, False, False]
    assert results[2]["terminated"] == "2019-03-01"
    assert results[6]["postcode"] is None
    assert results[6]["problems"][0].keys() == {
        "row",
        "field",
        "code",
        "severity",
        "message",
        "suggestion",
        "alternatives",
    }
    assert results[6]["problems"][0]["row"] == 7


def test_without_a_directory_existence_is_not_checked(system: SimpleNamespace) -> None:
    (result,) = check_postcodes(system, ["LS1 1BA"])
    assert (result["valid"], result["in_directory"]) == (True, False)
    assert [problem["code"] for problem in result["problems"]] == ["P00"]


def test_many_postcodes_are_checked_in_a_few_statements(
    system: SimpleNamespace, tmp_path: Path, statements: list[str]
) -> None:
    load(system, tmp_path, ROWS)
    statements.clear()
    results = check_postcodes(system, ["LS1 1BA"] * (2 * PREFETCH_MOST + 1))
    assert len(results) == 2 * PREFETCH_MOST + 1
    assert len(statements) == 2
