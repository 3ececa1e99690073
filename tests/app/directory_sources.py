"""Sources of a postcode directory, made as their publishers lay them out."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from hypothesis import strategies as st

from app.services.directory.faults import SourceFaults
from app.services.directory.rows import Register, Row, Source
from app.services.directory.source import open_source
from app.services.directory.spool import checked

CODE_POINT_HEADERS = (
    "PC,PQ,EA,NO,CY,RH,LH,CC,DC,WC\n"
    "Postcode,Positional_quality_indicator,Eastings,Northings,Country_code,NHS_regional_HA_code,NHS_HA_code,"
    "Admin_county_code,Admin_district_code,Admin_ward_code\n"
)
ONSPD_OLD = ("pcd", "pcd2", "pcds", "dointr", "doterm", "usertype", "oseast1m", "osnrth1m", "osgrdind", "lat", "long")
ONSPD_NEW = ("pcd7", "pcd8", "pcds", "dointr", "doterm", "usrtypind", "east1m", "north1m", "gridind", "lat", "long")

AREAS = ("AB", "B", "BT", "CF", "E", "EH", "LS", "M", "NE", "SW", "ZE")
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


@st.composite
def postcodes(draw: st.DrawFn, areas: tuple[str, ...] = AREAS) -> str:
    area = draw(st.sampled_from(areas))
    district = draw(st.sampled_from(["1", "9", "10", "21"] + (["1A"] if area in {"E", "SW"} else [])))
    inward = f"{draw(st.integers(0, 9))}{draw(st.sampled_from(LETTERS))}{draw(st.sampled_from(LETTERS))}"
    return f"{area}{district} {inward}"


def padded(postcode: str) -> str:
    """The postcode in seven characters, as Code-Point Open and the package write it."""
    outward, inward = postcode.split()
    return f"{outward:<4}{inward}"


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def code_point_row(postcode: str, east: object = 0, north: object = 0, quality: object = 10) -> tuple[object, ...]:
    return (padded(postcode), quality, east, north, "E92000001", "E19000002", "E18000010", "", "E06000024", "E05008606")


def code_point_parts(rows: Iterable[tuple[object, ...]], **documents: str) -> dict[str, str]:
    """The parts of a delivery, a CSV for each area; `documents` are named as in Doc/, without ending."""
    areas: dict[str, list[tuple[object, ...]]] = {}
    for row in rows:
        letters = str(row[0])[:2].rstrip("0123456789").lower()
        areas.setdefault(letters, []).append(row)
    parts = {f"Data/CSV/{area}.csv": csv_text(found) for area, found in areas.items()}
    return parts | {f"Doc/{name}.{'csv' if 'Headers' in name else 'txt'}": text for name, text in documents.items()}


def onspd_text(rows: Iterable[Mapping[str, object]], columns: tuple[str, ...] = ONSPD_OLD) -> str:
    """A national file; each row is named by the old columns, whatever names are written."""
    return csv_text([columns, *([row.get(name, "") for name in ONSPD_OLD] for row in rows)])


def onspd_row(postcode: str, **values: object) -> dict[str, object]:
    return {"pcd": padded(postcode), "pcds": postcode, "dointr": "198001", "usertype": 0, "osgrdind": 1, **values}


def write_zip(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 5, 17, 12, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return path


def write_folder(path: Path, parts: Mapping[str, str]) -> Path:
    for name, content in parts.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(content, "utf-8", newline="")
    return path


def rows_of(source: Source) -> dict[str, Row]:
    """All rows of a source without a fault."""
    register = Register(SourceFaults())
    found = [row for batch in source.batches(register) for row in batch]
    register.faults.settle()
    assert len({row[0] for row in found}) == len(found)
    return {row[0]: row for row in found}


def read_whole(path: Path) -> None:
    with checked(open_source(path), lambda *_: None):
        pass
