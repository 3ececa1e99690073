"""999 barred by hand: in, listed, out; all or none."""

from cli_hand import Eld


def test_bar_list_and_release(eld: Eld) -> None:
    eld.import_samples()
    eld.night()
    first, second, *_ = [row["number"] for row in eld.json("records", "missing")] + ["01632960001", "01632960002"]
    assert eld("numbers", "barred").stdout == "999 is barred on no number\n"
    assert eld.json("numbers", "barred") == []
    assert eld.json("numbers", "bar", first, second, first) == {"barred": 2}
    listed = eld.json("numbers", "barred")
    assert {one["number"] for one in listed} == {first, second}
    assert set(listed[0]) == {"id", "number", "account", "barred_at", "barred_by", "held"}
    assert eld("numbers", "barred").stdout.split()[:4] == ["number", "account", "barred", "at"]
    path = eld.data_dir / "barred.csv"
    assert eld("numbers", "barred", "--csv", path).stdout == f"2 written to {path}\n"
    assert path.read_text().splitlines()[0] == "number,account,barred_at,barred_by,agent_holds_a_record"
    assert {line.split(",")[0] for line in path.read_text().splitlines()[1:]} == {first, second}
    assert path.stat().st_mode & 0o077 == 0
    assert eld.json("records", "show", first)["status"] == "barred"
    assert "999 barred  20" in eld("records", "show", first).stdout
    assert first not in [row["number"] for row in eld.json("records", "missing")]
    assert eld("numbers", "unbar", first).stdout == "999 no longer barred on 1: give each an address\n"
    assert eld.json("numbers", "unbar", first) == {"unbarred": 0}
    assert [one["number"] for one in eld.json("numbers", "barred")] == [second]


def test_what_is_not_in_use_is_named(sqlite_eld: Eld) -> None:
    refused = sqlite_eld("numbers", "bar", "01632960999", "junk", status=1)
    assert [line.split(":")[0] for line in refused.stderr.splitlines()] == [
        "N11 error (row 1, number)",
        "N11 error (row 2, number)",
    ]


def test_a_place_that_cannot_be_written_to_is_said(sqlite_eld: Eld) -> None:
    assert sqlite_eld("numbers", "barred", "--csv", sqlite_eld.data_dir / "none" / "barred.csv", status=1).stderr
