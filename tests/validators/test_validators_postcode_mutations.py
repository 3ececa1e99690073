"""The grammar at every position of real postcodes, judged by an oracle that knows nothing of the program."""

import csv
import io
import random
import zipfile
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

import pytest
from postcode_oracle import AREAS, is_taken, is_well_formed, mutations, shape

from validators.findings import Severity
from validators.postcodes import parse_postcode

ARCHIVE = Path(__file__).parents[3] / "shared" / "data" / "codepo_gb_2014-08.zip"
HOW_MANY = 1_684_769
SEED = 999
SHAPES = {"A9", "A99", "A9A", "AA9", "AA99", "AA9A"}

real = [
    pytest.mark.real_data,
    pytest.mark.skipif(not ARCHIVE.exists(), reason="Code-Point Open is not beside the repository (../shared/data)"),
]


def sample_of_real(count: int) -> list[str]:
    """The same postcodes at every run, from all over Great Britain."""
    wanted = set(random.Random(SEED).sample(range(HOW_MANY), count))  # noqa: S311  no secret
    found, place = [], 0
    with zipfile.ZipFile(ARCHIVE) as archive:
        for name in sorted(archive.namelist()):
            if not (name.startswith("Data/CSV/") and name.endswith(".csv")):
                continue
            with archive.open(name) as part:
                for row in csv.reader(io.TextIOWrapper(part, "ascii")):
                    if place in wanted:
                        found.append(f"{row[0][:-3].strip()} {row[0][-3:]}")
                    place += 1
    assert len(found) == count
    return found


def misjudged(postcodes: Iterable[str]) -> tuple[int, list[str]]:
    """How many mutations were put to the program, and those on which it and the oracle differ."""
    asked, wrong = 0, []
    for postcode in postcodes:
        for text in set(mutations(postcode)) | {postcode}:
            asked += 1
            found = parse_postcode(text).postcode
            joined = "".join(text.split())
            if found != (f"{joined[:-3]} {joined[-3:]}" if is_taken(text) else None):
                wrong.append(text)
    return asked, wrong


def test_the_oracle_knows_124_areas_and_the_six_shapes():
    assert len(AREAS) == 124
    assert all(is_well_formed(text) for text in ("M11AE", "B338TH", "N1C4AA", "CR26XH", "DN551PT", "EC1A1BB"))
    assert not any(is_well_formed(text) for text in ("B001AA", "LS015DF", "W1I1AA", "SW1C1AA", "LS115DC", "QQ11AA"))


def test_every_mutation_of_the_sample_directory_is_judged_as_the_rules_say():
    with (files("samples") / "directory.csv").open(encoding="utf-8") as file:
        postcodes = [row["postcode"] for row in csv.DictReader(file)]
    picked = random.Random(SEED).sample(postcodes, min(100, len(postcodes)))  # noqa: S311  no secret
    asked, wrong = misjudged(picked)
    assert (asked > 300 * len(picked), wrong) == (True, [])


@pytest.mark.parametrize(
    "count", [pytest.param(2_000, marks=real), pytest.param(20_000, marks=[*real, pytest.mark.long])]
)
def test_every_mutation_of_real_postcodes_is_judged_as_the_rules_say(count):
    picked = sample_of_real(count)
    assert {shape(postcode.partition(" ")[0]) for postcode in picked} == SHAPES
    asked, wrong = misjudged(picked)
    assert wrong == []
    assert asked > 500 * count


TAKEN = {
    "N1C 4AA": "N1C 4AA",  # the widely copied pattern refuses it
    "W1A 1HQ": "W1A 1HQ",
    "\uff2c\uff33\uff11\uff11 \uff15\uff24\uff26": "LS11 5DF",  # full width
    "LS\uff11\uff11 \uff15DF": "LS11 5DF",  # full-width digits alone
    "LS11\u00a05DF": "LS11 5DF",  # no-break space
    "LS11\u202f5DF": "LS11 5DF",  # narrow no-break space
    "\u00a0ls11\u2007 5df\u00a0": "LS11 5DF",
    "BS0 1AA": "BS0 1AA",  # a lone 0 is right
    "AB1A 1AA": "AB1A 1AA",  # well-formed; that it does not exist is P03
}
REFUSED = {
    "GIR 0AA": ("P05", None),
    "BF1 2AY": ("P05", None),
    "BFPO 12": ("P05", None),
    "BX1 1LT": ("P05", None),
    "XX10 1AA": ("P05", None),
    "ZZ99 3VZ": ("P05", None),
    "ASCN 1ZZ": ("P05", None),
    "JE2 3AB": ("P06", None),
    "GY1 1AA": ("P06", None),
    "IM1 1AA": ("P06", None),
    "SW1A 0A[": ("P01", None),  # [A-z] takes it
    "LS01 5DF": ("P01", None),
    "LS11 5D\uff36": ("P01", None),  # a full-width V is a V
    "S01 4TT": ("P02", "SO1 4TT"),
    "\uff33\uff10\uff11 4TT": ("P02", "SO1 4TT"),
    "LS11\u00a0SDF": ("P02", "LS11 5DF"),
    "M1 IAE": ("P02", "M1 1AE"),
}


@pytest.mark.parametrize("raw", TAKEN, ids=ascii)
def test_a_trap_that_is_a_postcode_is_taken(raw):
    parsed = parse_postcode(raw)
    assert (parsed.postcode, parsed.findings) == (TAKEN[raw], ())


@pytest.mark.parametrize("raw", REFUSED, ids=ascii)
def test_a_trap_that_is_none_is_refused_with_its_code_and_suggestion(raw):
    parsed = parse_postcode(raw)
    (finding,) = parsed.findings
    assert (parsed.postcode, parsed.area, finding.severity) == (None, None, Severity.ERROR)
    assert (finding.code, finding.suggestion) == REFUSED[raw]
