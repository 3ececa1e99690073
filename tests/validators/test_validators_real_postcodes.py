"""The grammar against every real postcode of Great Britain."""

import csv
import io
import zipfile
from pathlib import Path

import pytest

from validators.outline import in_united_kingdom
from validators.postcodes import parse_postcode

ARCHIVE = Path(__file__).parents[3] / "shared" / "data" / "codepo_gb_2014-08.zip"
HOW_MANY = 1_684_769

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not ARCHIVE.exists(), reason="Code-Point Open is not beside the repository (../shared/data)"),
]


def parts():
    with zipfile.ZipFile(ARCHIVE) as archive:
        for name in archive.namelist():
            if name.startswith("Data/CSV/") and name.endswith(".csv"):
                with archive.open(name) as part:
                    yield list(csv.reader(io.TextIOWrapper(part, "ascii")))


def test_the_grammar_refuses_no_real_postcode():
    total, refused = 0, []
    for rows in parts():
        total += len(rows)
        for row in rows:
            parsed = parse_postcode(row[0])
            if parsed.postcode is None or parsed.postcode.replace(" ", "") != row[0].replace(" ", ""):
                refused.append(row[0])
    assert refused == []
    assert total == HOW_MANY


def test_no_real_postcode_lies_outside_the_outline():
    pyproj = pytest.importorskip("pyproj")
    to_degrees = pyproj.Transformer.from_crs(27700, 4326, always_xy=True)
    outside = []
    for rows in parts():
        placed = [row for row in rows[::20] if row[2] != "0"]  # every twentieth: the outline is coarse
        longitudes, latitudes = to_degrees.transform([int(r[2]) for r in placed], [int(r[3]) for r in placed])
        outside += [
            row[0]
            for row, longitude, latitude in zip(placed, longitudes, latitudes, strict=True)
            if not in_united_kingdom(latitude, longitude)
        ]
    assert outside == []
