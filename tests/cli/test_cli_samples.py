"""The samples are what their README says, by the rules themselves."""

import csv
import re
from datetime import date
from importlib.resources import files
from typing import NamedTuple

import pytest

from emergency_export.profile_loading import load_profile
from validators import (
    COLUMNS,
    DirectoryEntry,
    FieldLimits,
    Location,
    MemoryDirectory,
    NumberRules,
    Rules,
    Severity,
    Standing,
    check_location,
    is_drama,
    read_number,
)
from validators.location import CheckedLocation
from validators.post_towns import shipped_post_towns

SAMPLES = files("samples")
TODAY = date(2027, 3, 3)


def rows(name: str) -> list[dict[str, str]]:
    with (SAMPLES / name).open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def directory() -> MemoryDirectory:
    return MemoryDirectory(
        (
            DirectoryEntry(
                row["postcode"],
                float(row["latitude"]),
                float(row["longitude"]),
                date.fromisoformat(row["terminated"]) if row["terminated"] else None,
                row["large_user"] == "yes",
            )
            for row in rows("directory.csv")
        ),
        knows_end_dates=True,
    )


class Range(NamedTuple):
    ranges_loaded: bool = True

    def holds(self, _e164: str) -> bool:
        return True

    def account_of(self, _e164: str) -> int | None:
        return None

    def holder_of(self, _e164: str) -> str:
        return ""


def judge(row: dict[str, str], directory: MemoryDirectory) -> CheckedLocation:
    profile = load_profile("eff-style-1")
    rules = Rules(
        number=NumberRules(allowed_prefixes=profile.allowed_prefixes, demo=True),
        limits=FieldLimits(profile.limits()),
        line_types=profile.line_types,
        excluded_areas=profile.excluded_areas,
        towns=shipped_post_towns(),
        own_cupid="999",
    )
    return check_location(
        Location(**row),
        rules=rules,
        directory=directory,
        holdings=Range(),
        account_id=1,
        standing=Standing(),
        today=TODAY,
    )


def test_every_location_is_accepted_without_a_finding(directory: MemoryDirectory) -> None:
    found = {row["reference"]: judge(row, directory).findings for row in rows("locations.csv")}
    assert len(rows("locations.csv")) == 24
    assert not {reference: findings for reference, findings in found.items() if findings}


def test_the_locations_show_what_is_changed_on_the_way(directory: MemoryDirectory) -> None:
    kinds = {
        change.kind
        for row in rows("locations.csv")
        if (wording := judge(row, directory).wording) is not None
        for change in wording.changes
    }
    assert kinds == {"capitals", "transliterated", "abbreviated", "moved"}


def test_every_row_with_a_fault_has_the_one_it_is_named_for(directory: MemoryDirectory) -> None:
    for row in rows("locations-with-faults.csv"):
        codes = {finding.code for finding in judge(row, directory).findings}
        assert codes == {row["reference"].removeprefix("FAULT-")} - {"OK"}, row["number"]


def test_the_table_of_faults_is_the_file(directory: MemoryDirectory) -> None:
    table = dict(re.findall(r"^\| ([A-Z]\d\d) \| (\w+) \|", (SAMPLES / "README.md").read_text("utf-8"), re.MULTILINE))
    found = {
        finding.code: str(finding.severity)
        for row in rows("locations-with-faults.csv")
        for finding in judge(row, directory).findings
    }
    assert found == table
    assert set(found.values()) == {severity.value for severity in Severity}


def test_every_number_is_one_for_fiction() -> None:
    numbers = [row["number"] for row in rows("locations.csv")]
    numbers += [row[end] for row in rows("numbers.csv") for end in ("start", "end")]
    for raw in numbers:
        e164 = read_number(raw)
        assert e164 is not None
        assert is_drama(e164), raw


def test_the_inventory_has_four_numbers_without_a_location() -> None:
    in_use = [row for row in rows("numbers.csv") if row["kind"] == "in_use"]
    held = {f"{number:011}" for row in in_use for number in range(int(row["start"]), int(row["end"]) + 1)}
    located = {row["number"].replace(" ", "") for row in rows("locations.csv")}
    assert located <= held
    assert len(held) == 28
    assert len(held - located) == 4


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("locations.csv", ()),
        ("locations-with-faults.csv", ("nomadic", "outside_uk", "losing_cupid", "sub_building", "building_number")),
    ],
)
def test_the_columns_stand_in_the_order_of_the_interface(name: str, more: tuple[str, ...]) -> None:
    header = tuple(rows(name)[0])
    assert header == (*COLUMNS[: COLUMNS.index("reference") + 1], "voip_acknowledged", *more)
