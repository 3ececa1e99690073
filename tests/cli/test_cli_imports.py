"""Files as people make them: what is good goes in, what is not is named, and nothing is half stored."""

import csv
import io
from pathlib import Path

import pytest
from cli_hand import SAMPLES, Eld
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

IMPORT = {"rows", "accepted", "unchanged", "for_review", "refused", "dry_run", "problems"}
PROBLEM = {"field", "code", "severity", "message", "suggestion", "alternatives"}
HEADER = "number,name,premises,thoroughfare,post_town,postcode"
GOOD = "0113 496 0101,Hartwell & Sons Ltd,Pennant House,Dewsbury Road,Leeds,LS11 5DF"
OTHER = "0113 496 0102,Hartwell & Sons Ltd,Pennant House,Dewsbury Road,Leeds,LS11 5DF"


def stored(eld: Eld) -> int:
    return 28 - sum(one["status"] == "needs_address" for one in eld.json("records", "missing"))


def test_dry_run_then_import_then_nothing_changes(eld: Eld) -> None:
    path = SAMPLES / "locations.csv"
    tried = eld.json("locations", "import", path, "--dry-run")
    assert set(tried) >= IMPORT
    assert (tried["rows"], tried["accepted"], tried["dry_run"], tried["problems"]) == (24, 24, True, [])
    assert stored(eld) == 0
    done = eld.json("locations", "import", path)
    assert (done["accepted"], done["unchanged"], done["dry_run"]) == (24, 0, False)
    assert stored(eld) == 24
    again = eld.json("locations", "import", path)
    assert (again["accepted"], again["unchanged"], again["refused"]) == (0, 24, 0)
    assert {problem["code"] for problem in again["problems"]} == {"R04"}


def test_every_fault_of_the_sample_is_reported_and_nothing_is_stored(eld: Eld) -> None:
    path = SAMPLES / "locations-with-faults.csv"
    report = eld.json("locations", "import", path, status=1)
    with path.open(encoding="utf-8") as stream:
        expected = {row["reference"].removeprefix("FAULT-") for row in csv.DictReader(stream)} - {"OK"}
    assert {problem["code"] for problem in report["problems"]} == expected
    assert all(set(problem) - {"row", "line"} == PROBLEM for problem in report["problems"])
    assert all(problem["row"] >= 1 for problem in report["problems"])
    assert (report["accepted"], report["for_review"]) == (0, 0)
    said = eld("locations", "import", path, status=1)
    assert [line.split()[0] for line in said.stderr.splitlines()] == [one["code"] for one in report["problems"]]
    assert "nothing was stored" in said.stdout


def test_the_good_rows_only_by_choice(eld: Eld) -> None:
    report = eld.json("locations", "import", SAMPLES / "locations-with-faults.csv", "--skip-bad", status=1)
    assert report["accepted"] == 6
    assert report["for_review"] == 4
    assert report["refused"] == report["rows"] - 10
    assert len(eld.json("review", "list")) == 4


def test_rows_for_review_end_with_0(eld: Eld) -> None:
    row = GOOD.replace("LS11 5DF", "LS11 5XZ")
    done = eld("locations", "import", eld.write("review.csv", f"{HEADER}\n{row}\n".encode()))
    assert done.stderr.startswith("P03 review (row 1, postcode): ")


def test_a_review_is_judged_by_somebody_else(eld: Eld) -> None:
    rows = "\n".join(row.replace("LS11 5DF", "LS11 5XZ") for row in (GOOD, OTHER))
    eld(
        "--as",
        "alex@operations.example",
        "locations",
        "import",
        eld.write("review.csv", f"{HEADER}\n{rows}\n".encode()),
    )
    first, second = [one["id"] for one in eld.json("review", "list")]
    assert eld("review", "approve", first, status=1).stderr.startswith("E03 error: ")
    own = eld("--as", "alex@operations.example", "review", "approve", first, status=1)
    assert own.stderr.startswith("E03 error: ")
    assert eld.json("review", "approve", first, "--as", "sam@operations.example")["state"] == "approved"
    eld("--as", "sam@operations.example", "review", "return", second, "--why", "no such street")
    assert eld("review", "list").stdout == "nothing waits for review\n"
    assert eld("review", "approve", 999, "--as", "sam@operations.example", status=1).stderr.startswith("E0")
    assert eld("review", "list", "--as", "nobody@operations.example", status=1).stderr.startswith("E02 error: ")


WHOLE = {
    "an unknown column": (f"{HEADER},colour\n{GOOD},red\n".encode(), "U01"),
    "a missing column": (b"number,name\n0113 496 0101,Hartwell\n", "U02"),
    "no header": (f"{GOOD}\n".encode(), "U02"),
    "latin-1": (f"{HEADER}\n{GOOD}\n".replace("Hartwell", "Amélie").encode("latin-1"), "U03"),
    "utf-16": (f"{HEADER}\n{GOOD}\n".encode("utf-16"), "U0"),
    "nothing": (b"", "U04"),
    "blanks": (b" \r\n\r\n", "U04"),
    "a mark and nothing": (b"\xef\xbb\xbf", "U04"),
    "NUL": (f"{HEADER}\n{GOOD}\0\n".encode(), "U08"),
    "carriage returns alone": (f"{HEADER}\r{GOOD}\r".encode(), "U09"),
    "a column twice": (f"{HEADER},name\n{GOOD},Hartwell\n".encode(), "U10"),
    "a quote left open": (f'{HEADER}\n"{GOOD}\n'.encode(), "U06"),
}


@pytest.mark.parametrize(("content", "code"), WHOLE.values(), ids=WHOLE)
def test_a_file_that_is_wrong_as_a_whole(sqlite_eld: Eld, content: bytes, code: str) -> None:
    path = sqlite_eld.write("wrong.csv", content)
    report = sqlite_eld.json("locations", "import", path, status=1)
    assert set(report) >= IMPORT
    assert any(problem["code"].startswith(code) for problem in report["problems"])
    assert report["accepted"] == 0
    said = sqlite_eld("locations", "import", path, "--skip-bad", status=1)
    assert f"{code}" in said.stderr
    assert stored(sqlite_eld) == 0


ROWS = {
    "a row too short": (f"{HEADER}\n0113 496 0101,Hartwell\n{OTHER}\n", "U07"),
    "a number twice": (f"{HEADER}\n{OTHER}\n{OTHER}\n", "U11"),
}


@pytest.mark.parametrize(("content", "code"), ROWS.values(), ids=ROWS)
def test_a_row_that_is_wrong_in_its_file(sqlite_eld: Eld, content: str, code: str) -> None:
    path = sqlite_eld.write("wrong.csv", content.encode())
    assert [one["code"] for one in sqlite_eld.json("locations", "import", path, status=1)["problems"]] == [code]
    assert stored(sqlite_eld) == 0
    assert sqlite_eld.json("locations", "import", path, "--skip-bad", status=1)["accepted"] == 1
    assert stored(sqlite_eld) == 1


def test_a_file_that_is_too_large(sqlite_eld: Eld, monkeypatch: pytest.MonkeyPatch) -> None:
    content = f"{HEADER}\n{GOOD}\n".encode()
    path = sqlite_eld.write("large.csv", content)
    monkeypatch.setenv("ELD_UPLOAD_LIMIT", str(len(content) - 1))
    report = sqlite_eld.json("locations", "import", path, status=1)
    assert [problem["code"] for problem in report["problems"]] == ["U05"]
    monkeypatch.setenv("ELD_UPLOAD_LIMIT", str(len(content)))
    assert sqlite_eld.json("locations", "import", path)["accepted"] == 1


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "with a byte order mark"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_the_forms_of_a_good_file(sqlite_eld: Eld, mark: bytes, end: str) -> None:
    columns, cells = HEADER.split(",")[::-1], GOOD.split(",")[::-1]
    content = mark + end.join([",".join(columns).upper(), ",".join(cells), ""]).encode()
    assert sqlite_eld.json("locations", "import", sqlite_eld.write("good.csv", content))["accepted"] == 1


def test_an_account_that_there_is_not(sqlite_eld: Eld) -> None:
    refused = sqlite_eld("locations", "import", SAMPLES / "locations.csv", "--account", "999", status=1)
    assert refused.stderr.startswith("E02 error: ")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: (f"{HEADER}\n{text}").encode()))
def test_no_file_whatever_brings_the_program_down(sqlite_eld: Eld, content: bytes) -> None:
    path = sqlite_eld.write("any.csv", content)
    done = sqlite_eld("locations", "import", path, "--dry-run", "--json", status=int(not harmless(content)))
    assert "E99" not in done.stderr


def harmless(content: bytes) -> bool:
    """Whether there is a header and no row below it, the only way such a file can pass."""
    try:
        text = content.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError:
        return False
    if "\0" in text or not text.startswith(f"{HEADER}\n"):
        return False
    rows = csv.reader(io.StringIO(text.removeprefix(HEADER), newline=""), strict=True)
    try:
        return not any(cell.strip() for row in rows for cell in row)
    except csv.Error:
        return False


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "U04"),
        (b"kind,start\nrange,0113 496 0000\nloan,0113 496 0001\n", "I01"),
        (b"kind,start,colour\nrange,0113 496 0000,red\n", "U01"),
        (b"kind,start\nrange,0113 099 0000\n", "N03"),
        (b"kind,start\nrange,\xe9\n", "U03"),
    ],
)
def test_an_inventory_that_is_wrong(sqlite_eld: Eld, content: bytes, code: str) -> None:
    path = sqlite_eld.write("numbers.csv", content)
    report = sqlite_eld.json("numbers", "load", path, status=1)
    assert [problem["code"] for problem in report["problems"]] == [code]
    assert (report["ranges"], report["in_use"], report["ported_in"]) == (0, 0, 0)


def test_an_inventory(sqlite_eld: Eld, tmp_path: Path) -> None:
    path = tmp_path / "more.csv"
    path.write_text(
        "kind,start,end,account,child_cupid,line_type,losing_cupid,port_date\n"
        "ported_in,0118 496 0700,,Another Shop,,,014,2026-01-05\n"
        "in_use,0118 496 0701,0118 496 0710,Another Shop,,DDI,,\n",
        "utf-8",
    )
    assert sqlite_eld.json("numbers", "load", path) == {"ranges": 0, "in_use": 1, "ported_in": 1, "problems": []}
    assert len(sqlite_eld.json("records", "missing")) == 28 + 11


def test_postcodes(eld: Eld) -> None:
    checked = eld.json("postcodes", "check", "ls115df", "AB1 0AA", "W1A 1AA")
    keys = {"input", "postcode", "valid", "in_directory", "terminated", "latitude", "longitude", "problems"}
    assert all(set(one) >= keys for one in checked)
    assert [one["postcode"] for one in checked] == ["LS11 5DF", "AB1 0AA", "W1A 1AA"]
    assert [one["terminated"] for one in checked] == [None, "1996-06-01", None]
    mixed = eld.json("postcodes", "check", "LS11 5DF", "LSI1 5DF", status=1)
    assert [one["valid"] for one in mixed] == [True, False]
    said = eld("postcodes", "check", "LSI1 5DF", status=1)
    assert "P02 error" in said.stderr
    assert "LS11 5DF" in said.stderr
    assert eld("postcodes", "check", "AB1 0AA").stderr.startswith("P04 review")


def test_a_directory_that_is_none(sqlite_eld: Eld) -> None:
    refused = sqlite_eld.json("postcodes", "load", SAMPLES / "numbers.csv", status=1)
    assert refused["problems"][0]["code"].startswith("D0")
    assert sqlite_eld.json("postcodes", "check", "LS11 5DF")[0]["in_directory"] is True
