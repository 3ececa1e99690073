"""`eld postcodes`: what is loaded, what another directory would change, and what is said of single postcodes."""

import csv
from pathlib import Path

import pytest
from cli_hand import SAMPLES, Eld


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """The sample directory one edition later: LS1 4AP has ended, W1A 1AA is gone, LS1 9ZZ is new."""
    with (SAMPLES / "directory.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    known = {row["postcode"]: row for row in rows}
    known["LS1 4AP"]["terminated"] = "2026-10-01"
    rows.remove(known["W1A 1AA"])
    rows.append({**known["LS11 5DF"], "postcode": "LS1 9ZZ"})
    path = tmp_path / "other.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        written = csv.DictWriter(file, list(rows[0]))
        written.writeheader()
        written.writerows(rows)
    return path


def test_another_directory_is_compared_before_it_is_loaded(eld: Eld, other: Path) -> None:
    found = eld.json("postcodes", "compare", other)
    assert {change: count for change, count in found["counts"].items() if count} == {"new": 1, "ended": 1, "gone": 1}
    assert (found["to_review"], found["touched"]) == (0, [])
    told = eld("postcodes", "compare", other).stdout
    assert "LS1 9ZZ" in told
    assert "records that a load would send to review: 0" in told


def test_what_is_new_or_has_ended_can_be_listed(eld: Eld, other: Path) -> None:
    assert eld.json("postcodes", "compare", other, "--list", "new") == [
        {"postcode": "LS1 9ZZ", "change": "new", "ended": None}
    ]
    assert eld("postcodes", "compare", other, "--list", "new").stdout == "LS1 9ZZ  new\n"
    ended = eld.json("postcodes", "compare", other, "--list", "ended")
    assert sorted((one["change"], one["ended"]) for one in ended) == [("ended", "2026-10-01"), ("gone", None)]
    assert len(eld("postcodes", "compare", other, "--list", "ended").stdout.splitlines()) == 2
    eld("postcodes", "load", other)
    assert eld.json("postcodes", "compare", other, "--list", "ended") == []
    assert eld("postcodes", "compare", other, "--list", "ended").stdout == ""
    eld("postcodes", "compare", other, "--list", "old", status=2)


def test_what_cannot_be_read_is_refused_with_a_document(eld: Eld, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n", "utf-8")
    assert eld.json("postcodes", "compare", path, status=1)["problems"][0]["code"] == "D01"


def test_a_load_says_how_many_records_went_to_review(eld: Eld, other: Path) -> None:
    eld.import_samples()
    eld.night()
    before = len(eld.json("review", "list"))
    expected = eld.json("postcodes", "compare", other)
    loaded = eld.json("postcodes", "load", other)
    assert loaded["to_review"] == expected["to_review"] == len(eld.json("review", "list")) - before
    assert "to_review" in eld("postcodes", "load", other).stdout
