import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from directory_sources import (
    CODE_POINT_HEADERS,
    ONSPD_NEW,
    ONSPD_OLD,
    code_point_parts,
    code_point_row,
    csv_text,
    onspd_row,
    onspd_text,
    postcodes,
    rows_of,
    write_folder,
    write_zip,
)
from hypothesis import given
from hypothesis import strategies as st

from app.services.directory.source import open_source

NEAR = 5e-5  # degrees, 5 m: a transformation without the OSTN15 grid is off by up to that
HERE = {"east": 429_157, "north": 434_500}

grid_points = st.tuples(st.integers(80_000, 655_000), st.integers(10_000, 1_210_000))


@given(st.dictionaries(postcodes(), st.none() | grid_points, min_size=1, max_size=30), st.booleans(), st.booleans())
def test_code_point_round_trip(wanted: dict[str, tuple[int, int] | None], headers: bool, zipped: bool) -> None:
    rows = [code_point_row(pc, *(point or (0, 0)), quality=10 if point else 90) for pc, point in wanted.items()]
    documents = {"Code-Point_Open_Column_Headers": CODE_POINT_HEADERS} if headers else {}
    with tempfile.TemporaryDirectory() as folder:
        parts = code_point_parts(rows, **documents)
        path = write_zip(Path(folder) / "x.zip", parts) if zipped else write_folder(Path(folder) / "x", parts)
        found = rows_of(open_source(path))
    assert found.keys() == wanted.keys()
    for postcode, point in wanted.items():
        _, latitude, longitude, ended, large = found[postcode]
        assert (latitude is None) == (longitude is None) == (point is None)
        assert ended is None
        assert large is False


def test_code_point_columns_stand_where_the_header_file_says(tmp_path: Path) -> None:
    parts = {
        "codepo/Data/CSV/ls.csv": '434500,429157,"E92","10","LS1 1BA"\n',
        "codepo/Doc/Code-Point_Open_Column_Headers.csv": "NO,EA,CY,PQ,PC\nx,x,x,x,x\n",
    }
    _, latitude, longitude, _, _ = rows_of(open_source(write_zip(tmp_path / "x.zip", parts)))["LS1 1BA"]
    assert (latitude, longitude) == pytest.approx((53.806, -1.559), abs=1e-3)


def test_a_control_point_of_ordnance_survey_lands_where_it_is(tmp_path: Path) -> None:
    # Caister water tower, the worked example of Ordnance Survey's guide to its transformations: 651409.8, 313177.4.
    parts = code_point_parts([code_point_row("NR30 1AA", 651_410, 313_177)])
    _, latitude, longitude, _, _ = rows_of(open_source(write_zip(tmp_path / "x.zip", parts)))["NR30 1AA"]
    assert (latitude, longitude) == pytest.approx((52.658008, 1.716074), abs=NEAR)


@pytest.mark.parametrize(("east", "north", "quality"), [(0, 0, 90), (0, 0, 10), (429_157, 434_500, 90)])
def test_a_row_without_coordinates_is_kept(tmp_path: Path, east: int, north: int, quality: int) -> None:
    parts = code_point_parts([code_point_row("G58 2SF", east, north, quality)])
    found = rows_of(open_source(write_zip(tmp_path / "x.zip", parts)))
    assert found == {"G58 2SF": ("G58 2SF", None, None, None, False)}


METADATA = "ORDNANCE SURVEY\nPRODUCT: OS CODE-POINT_OPEN\nCOPYRIGHT DATE: 20140729\n"


@pytest.mark.parametrize(
    ("documents", "day", "dated_by"),
    [
        ({"metadata": METADATA + "RM UPDATE DATE: 20140718\n"}, date(2014, 7, 18), "Royal Mail's update date"),
        ({"metadata": METADATA}, date(2014, 7, 29), "copyright date"),
        ({"licence": "Crown copyright 2014.\n\nAugust 2014"}, date(2014, 8, 1), "the month in Doc/licence.txt"),
        ({}, date(2020, 5, 17), "newest entry of the zip"),
    ],
)
def test_code_point_says_how_it_is_dated(tmp_path: Path, documents: dict[str, str], day: date, dated_by: str) -> None:
    parts = code_point_parts([code_point_row("LS1 1BA", *HERE.values())], **documents)
    facts = open_source(write_zip(tmp_path / "x.zip", parts)).facts()
    assert (facts.edition, facts.knows_end_dates) == (day, False)
    assert dated_by in facts.dated_by


def test_a_folder_without_documents_has_no_date(tmp_path: Path) -> None:
    parts = code_point_parts([code_point_row("LS1 1BA", *HERE.values())])
    facts = open_source(write_folder(tmp_path / "x", parts)).facts()
    assert (facts.edition, facts.dated_by) == (None, "nothing in the folder gives a date")


months = st.builds("{:04d}{:02d}".format, st.integers(1980, 2026), st.integers(1, 12))
degrees = st.tuples(st.integers(49_900_000, 60_800_000), st.integers(-8_000_000, 1_700_000))


@given(
    st.dictionaries(
        postcodes(),
        st.tuples(st.none() | months, st.booleans(), st.none() | degrees),
        min_size=1,
        max_size=30,
    ),
    st.sampled_from([ONSPD_OLD, ONSPD_NEW, tuple(name.upper() for name in ONSPD_NEW)]),
    st.booleans(),
)
def test_onspd_round_trip(
    wanted: dict[str, tuple[str | None, bool, tuple[int, int] | None]], columns: tuple[str, ...], mark: bool
) -> None:
    rows = []
    for postcode, (ended, large, place) in wanted.items():
        lat, long = (f"{degree / 1e6:.6f}" for degree in place) if place else ("99.999999", "0.000000")
        rows.append(onspd_row(postcode, doterm=ended or "", usertype=int(large), lat=lat, long=long))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ONSPD_NOV_2025_UK.csv"
        path.write_text(("\ufeff" if mark else "") + onspd_text(rows, columns), "utf-8", newline="")
        source = open_source(path)
        found = rows_of(source)
    assert found.keys() == wanted.keys()
    for postcode, (ended, large, place) in wanted.items():
        day = date(int(ended[:4]), int(ended[4:]), 1) if ended else None
        lat, long = (degree / 1e6 for degree in place) if place else (None, None)
        assert found[postcode] == (postcode, lat, long, day, large)
    facts = source.facts()
    assert (facts.edition, facts.knows_end_dates) == (date(2025, 11, 1), True)


def test_onspd_takes_the_grid_reference_where_it_gives_no_degrees(tmp_path: Path) -> None:
    belfast_city_hall = onspd_row("BT1 5GS", oseast1m=333_800, osnrth1m=374_000)
    caister = onspd_row("NR30 1AA", oseast1m=651_410, osnrth1m=313_177, lat="99.999999", long="0.000000")
    jersey = onspd_row("JE2 3AB")
    path = tmp_path / "directory.csv"
    path.write_text(onspd_text([belfast_city_hall, caister, jersey]), "utf-8", newline="")
    found = rows_of(open_source(path))
    assert found["BT1 5GS"][1:3] == pytest.approx((54.5965, -5.9301), abs=2e-3)
    assert found["NR30 1AA"][1:3] == pytest.approx((52.658008, 1.716074), abs=NEAR)
    assert found["JE2 3AB"][1:3] == (None, None)


# Header rows as published, shortened where many census columns follow each other.
ONSPD_EDITIONS = {
    "ONSPD_NOV_2012_UK.csv": "pcd,pcd2,pcds,dointr,doterm,oscty,oslaua,osward,usertype,oseast1m,osnrth1m,osgrdind,"
    "oshlthau,hro,ctry,gor,oa11,lsoa11,msoa11",
    "ONSPD_FEB_2024_UK.csv": "pcd,pcd2,pcds,dointr,doterm,oscty,ced,oslaua,osward,usertype,oseast1m,osnrth1m,osgrdind,"
    "ctry,rgn,oa21,lsoa21,msoa21,wz11,ru11ind,oac11,lat,long,lep1,lep2,pfa,imd,icb",
    "ONSPD_MAY_2025_UK.csv": "pcd7,pcd8,pcds,dointr,doterm,cty25cd,ced25cd,lad25cd,wd25cd,nhser24cd,ctry25cd,rgn25cd,"
    "oa21cd,lsoa21cd,msoa21cd,ruc21ind,usrtypind,east1m,north1m,gridind,lat,long,imd20ind",
    "ONSPD_AUG_2026_UK.csv": "PCD7,PCD8,PCDS,DOINTR,DOTERM,USRTYPIND,EAST1M,NORTH1M,GRIDIND,CTRY26CD,RGN26CD,LAD26CD,"
    "OA21CD,LSOA21CD,MSOA21CD,RUC21IND,LAT,LONG",
    "ONSPD_AUG_2027_UK.csv": "pcd7,dointr,doterm,usrtypind,east1m,north1m,gridind",
}


@pytest.mark.parametrize("name", ONSPD_EDITIONS)
def test_onspd_is_read_under_the_names_of_every_edition(tmp_path: Path, name: str) -> None:
    header = ONSPD_EDITIONS[name].split(",")
    values = {
        "pcd7": "BT1 5GS", "pcd8": "BT1  5GS", "pcds": "BT1 5GS", "dointr": "198001", "doterm": "202307",
        "usrtypind": "1", "east1m": "333800", "north1m": "0374000", "gridind": "1",
    }  # fmt: skip
    old = {
        "pcd": "pcd7", "pcd2": "pcd8", "usertype": "usrtypind", "oseast1m": "east1m", "osnrth1m": "north1m",
        "osgrdind": "gridind",
    }  # fmt: skip
    row = [values.get(old.get(cell.lower(), cell.lower()), "") for cell in header]
    path = tmp_path / name
    path.write_text(csv_text([header, row]), "utf-8", newline="")
    source = open_source(path)
    (found,) = rows_of(source).values()
    assert (found[0], *found[3:]) == ("BT1 5GS", date(2023, 7, 1), True)
    assert found[1:3] == pytest.approx((54.5965, -5.9301), abs=2e-3), "Northern Ireland is on the Irish grid"
    assert source.facts().edition == date(int(name[10:14]), {"NOV": 11, "FEB": 2, "MAY": 5, "AUG": 8}[name[6:9]], 1)


def test_onspd_without_a_month_in_its_name_is_dated_by_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "directory.csv"
    rows = [onspd_row("LS1 1BA", dointr="202402"), onspd_row("LS1 1BB", doterm="202405")]
    path.write_text(onspd_text(rows), "utf-8", newline="")
    source = open_source(path)
    rows_of(source)
    assert source.facts().edition == date(2024, 5, 1)
    assert source.facts().dated_by == "the newest month in its rows"


def test_the_national_file_of_a_zip_is_read_and_not_that_of_an_area_too(tmp_path: Path) -> None:
    national = onspd_text([onspd_row("LS1 1BA"), onspd_row("M1 1AE")])
    parts = {
        "Data/ONSPD_AUG_2025_UK.csv": national,
        "Data/multi_csv/ONSPD_AUG_2025_UK_LS.csv": onspd_text([onspd_row("LS1 1BA")]),
        "Documents/names and codes.csv": "LAD25CD,LAD25NM\r\nW06000001,Ynys Môn\r\n".encode("cp1252"),
        "User Guide/guide.pdf": b"%PDF \xff\xfe",
    }
    assert rows_of(open_source(write_zip(tmp_path / "x.zip", parts))).keys() == {"LS1 1BA", "M1 1AE"}


def test_the_files_of_all_areas_are_read_where_only_those_are_there(tmp_path: Path) -> None:
    parts = {
        f"Data/multi_csv/ONSPD_AUG_2025_UK_{area}.csv": onspd_text([onspd_row(f"{area}1 1BA")]) for area in ("LS", "M")
    }
    assert rows_of(open_source(write_zip(tmp_path / "x.zip", parts))).keys() == {"LS1 1BA", "M1 1BA"}


def test_a_directory_of_ones_own_has_its_columns_in_any_order(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(
        "latitude,longitude,postcode,edition,large_user,terminated\n"
        "53.8063,-1.5587,LS1 1BA,2026-02-01,yes,\n"
        ",,M1 1AE,2026-01-01,,2019-03-31\n",
        "utf-8",
    )
    source = open_source(path)
    assert rows_of(source) == {
        "LS1 1BA": ("LS1 1BA", 53.8063, -1.5587, None, True),
        "M1 1AE": ("M1 1AE", None, None, date(2019, 3, 31), False),
    }
    assert (source.facts().edition, source.facts().knows_end_dates) == (date(2026, 2, 1), True)


@pytest.fixture(params=["zip", "folder"])
def delivery(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    def write(parts: dict[str, str]) -> Path:
        return (write_zip if request.param == "zip" else write_folder)(tmp_path / "delivery", parts)

    return write


def test_the_digest_tells_two_deliveries_apart(delivery: Callable[[dict[str, str]], Path]) -> None:
    parts = code_point_parts([code_point_row("LS1 1BA", *HERE.values())])
    first = open_source(delivery(parts)).sha256()
    assert open_source(delivery(parts)).sha256() == first
    assert open_source(delivery(parts | {"Doc/licence.txt": "another"})).sha256() != first
