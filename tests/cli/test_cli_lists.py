"""`eld records list`: the three lists, as lines, as JSON, and as a file that is imported as it is."""

import csv

from cli_hand import Eld


def test_the_lists_of_the_samples(eld: Eld) -> None:
    eld.import_samples()
    listed = eld.json("records", "list")
    assert len(listed) == 28
    assert {"number", "postcode", "status", "reasons", "since"} <= set(listed[0])
    assert eld.json("records", "list", "--status", "rejected") == []
    missing = eld.json("records", "list", "--status", "missing")
    assert {one["number"] for one in missing} == {one["number"] for one in eld.json("records", "missing")}
    lines = eld("records", "list", "--status", "missing", "--account", 1).stdout.splitlines()
    assert len(lines) == len(missing)
    assert lines[0].split()[0] == missing[0]["number"]


def test_a_list_is_written_to_a_file_and_comes_back_as_it_is(eld: Eld) -> None:
    eld.import_samples()
    path = eld.data_dir / "all.csv"
    said = eld("records", "list", "--csv", path)
    assert said.stdout == ""
    assert path.stat().st_mode & 0o777 == 0o600
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 28
    typed = [row for row in rows if row["name"]]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(typed)
    again = eld.json("locations", "import", path)
    assert (again["rows"], again["unchanged"], again["refused"]) == (len(typed), len(typed), 0)
    assert eld.json("records", "list", "--csv", path) == eld.json("records", "list")


def test_a_place_that_cannot_be_written_is_told(eld: Eld) -> None:
    said = eld("records", "list", "--csv", eld.data_dir / "no-such-folder" / "all.csv", status=1)
    assert "no-such-folder" in said.stderr
    eld("records", "list", "--status", "secret", status=2)
