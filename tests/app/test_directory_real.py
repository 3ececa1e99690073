import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib import metadata
from pathlib import Path

import pytest
from directory_sources import rows_of

from app.audit.keys import KeyStore
from app.clock import FixedClock
from app.db.engine import Database
from app.domain.actors import Actor, Role
from app.services.directory import LoadedDirectory, open_directory, open_source, replace_directory
from app.services.directory.data_package import PACKAGE, DataPackage

pytestmark = pytest.mark.real_data

CODE_POINT = Path(__file__).parents[3] / "shared" / "data" / "codepo_gb_2014-08.zip"

# Places that anyone can look up on a map, in degrees; a postcode's centre is within half a kilometre of its building.
KNOWN = {
    "SW1A 1AA": (51.5014, -0.1419),  # Buckingham Palace
    "SW1A 2AA": (51.5034, -0.1276),  # 10 Downing Street
    "EH1 2NG": (55.9486, -3.1999),  # Edinburgh Castle
    "CF10 3RB": (51.4823, -3.1811),  # Cardiff Castle
    "TR19 7AA": (50.0662, -5.7148),  # Land's End
    "L3 1HU": (53.4059, -2.9959),  # Royal Liver Building
    "NE1 1RQ": (54.9689, -1.6106),  # Newcastle's castle keep
    "YO1 7HH": (53.9623, -1.0819),  # York Minster
}
HALF_A_KILOMETRE = (0.0045, 0.008)


@pytest.fixture(scope="module")
def loaded(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Database, LoadedDirectory, float]]:
    if not CODE_POINT.exists():
        pytest.skip(f"Code-Point Open is not at ../shared/data/{CODE_POINT.name}")
    folder = tmp_path_factory.mktemp("directory")
    (folder / "eld.db").write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{folder / 'eld.db'}")
    start = time.monotonic()
    clock = FixedClock(datetime(2027, 3, 3, tzinfo=UTC))
    actor = Actor("cli:operator", Role.OPERATIONS)
    told = replace_directory(
        database, clock, KeyStore(folder / "keys"), actor, open_source(CODE_POINT), today=date(2027, 3, 3)
    )
    yield database, told, time.monotonic() - start
    database.dispose()
    (folder / "eld.db").unlink()


def test_the_whole_of_code_point_open_is_loaded_within_a_minute(
    loaded: tuple[Database, LoadedDirectory, float],
) -> None:
    _, told, seconds = loaded
    assert (told.rows, told.unplaced, len(told.areas)) == (1_684_769, 84, 120)
    assert (told.edition, told.dated_by) == (date(2014, 7, 18), "Royal Mail's update date in Doc/metadata.txt")
    assert seconds < 60


def test_known_places_are_where_they_are(loaded: tuple[Database, LoadedDirectory, float]) -> None:
    with loaded[0].reading() as work:
        directory = open_directory(work)
        assert directory is not None
        for postcode, (latitude, longitude) in KNOWN.items():
            entry = directory.find(postcode)
            assert entry is not None, postcode
            assert entry.latitude == pytest.approx(latitude, abs=HALF_A_KILOMETRE[0]), postcode
            assert entry.longitude == pytest.approx(longitude, abs=HALF_A_KILOMETRE[1]), postcode


def test_postcodes_that_the_edition_cannot_know_are_not_found(
    loaded: tuple[Database, LoadedDirectory, float],
) -> None:
    with loaded[0].reading() as work:
        directory = open_directory(work)
        assert directory is not None
        assert not directory.covers("BT")
        assert directory.find("BT1 5GS") is None
        assert directory.find("G58 2SF") is not None
        assert directory.find("G58 2SF").latitude is None
        assert len(directory.neighbours("LS11 5DF")) > 100


def one_letter(letter: str, *, northern_ireland: bool = False) -> DataPackage:
    try:
        metadata.version(PACKAGE)
    except metadata.PackageNotFoundError:
        pytest.skip("the optional extra `directory` is not installed")
    source = DataPackage(northern_ireland=northern_ireland)
    source._parts = [part for part in source._parts if part.name == f"postcodes_{letter}.msgpack.br"]
    return source


def test_the_data_package_knows_shetland() -> None:
    source = one_letter("Z")
    rows = rows_of(source)
    assert len(rows) > 700
    assert {postcode[:2] for postcode in rows} == {"ZE"}
    _, latitude, longitude, ended, large = rows["ZE1 0AA"]
    assert (latitude, longitude) == pytest.approx((60.153, -1.142), abs=5e-3)
    assert (ended, large) == (None, False)
    assert not source.facts().knows_end_dates
    assert source.facts().edition is not None


def test_the_data_package_leaves_northern_ireland_out_unless_asked() -> None:
    without, with_it = rows_of(one_letter("B")), rows_of(one_letter("B", northern_ireland=True))
    more = with_it.keys() - without.keys()
    assert {postcode[:2] for postcode in more} == {"BT"}
    assert with_it["BT1 5GS"][1:3] == pytest.approx((54.5965, -5.9301), abs=5e-3)
