"""`eld records life`: the whole life of a number."""

from cli_hand import Eld


def test_it_is_told_as_one_document(eld: Eld) -> None:
    eld.import_samples()
    eld.night()
    life = eld.json("records", "life", "01632", "960501")
    assert life["number"] == "01632960501"
    kinds = {entry["kind"] for entry in life["entries"]}
    assert {"said", "transaction", "file", "reply", "number"} <= kinds
    assert life["entries"] == sorted(life["entries"], key=lambda entry: entry["at"], reverse=True)
    assert life["standings"][0]["held_state"] == "live"
    assert life["standings"][0]["wanted"]["postcode"] == life["standings"][0]["held"]["postcode"]
    (placed,) = [entry for entry in life["entries"] if entry["step"] == "extracted"]
    assert (placed["file_sequence"], placed["rec_no"] > 0) == (1, True)


def test_it_is_told_as_a_table(sqlite_eld: Eld) -> None:
    sqlite_eld.import_samples()
    lines = sqlite_eld("records", "life", "01632 960501").stdout.splitlines()
    assert lines[0].split() == ["at", "kind", "step", "who", "reference", "file", "record", "code", "text"]
    assert any("said" in line for line in lines)


def test_what_is_not_known_ends_with_1(sqlite_eld: Eld) -> None:
    assert "E02" in sqlite_eld("records", "life", "01632960999", status=1).stderr
    assert sqlite_eld.json("records", "life", "nonsense", status=1)["entries"] == []
