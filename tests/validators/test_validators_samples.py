"""The small directory that the project ships is one that the rules can use."""

import csv
from datetime import date
from pathlib import Path

from validators.areas import AREAS
from validators.outline import in_united_kingdom
from validators.postcodes import parse_postcode

SAMPLE = Path(__file__).parents[2] / "samples" / "directory.csv"


def rows():
    with SAMPLE.open(encoding="ascii", newline="") as file:
        return list(csv.DictReader(file))


def test_the_sample_covers_great_britain():
    assert list(rows()[0]) == ["postcode", "latitude", "longitude", "terminated", "large_user"]
    areas = {parse_postcode(row["postcode"]).area for row in rows()}
    assert areas == AREAS - {"BT", "GY", "IM", "JE"}


def test_every_row_can_be_used():
    postcodes = [row["postcode"] for row in rows()]
    assert postcodes == sorted(set(postcodes))
    for row in rows():
        assert parse_postcode(row["postcode"]).postcode == row["postcode"]
        assert in_united_kingdom(float(row["latitude"]), float(row["longitude"]))
        assert row["large_user"] in {"yes", "no"}
        assert not row["terminated"] or date.fromisoformat(row["terminated"]) < date(2015, 1, 1)


def test_it_has_what_the_samples_and_the_demonstration_need():
    by_postcode = {row["postcode"]: row for row in rows()}
    assert {"LS11 5DF", "M1 1AE", "EH1 1YZ", "CF10 1EP", "B1 1BB", "SW1A 2AA", "N1C 4AA", "W1A 1HQ"} <= set(by_postcode)
    assert any(row["terminated"] for row in rows())
    assert any(row["large_user"] == "yes" for row in rows())
