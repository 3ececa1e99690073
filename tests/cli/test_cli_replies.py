"""What the agent answered, by hand: the files, and one with its rows."""

from cli_hand import Eld

ROWS = """number,name,premises,thoroughfare,post_town,postcode
01632960901,Bakery,Pennant House,Dewsbury Road,Leeds,LS11 5DF
01632960902,Bakery,Pennant House,Dewsbury Road,Leeds,LS1 4AP
"""


def test_files_and_rows_with_what_became_of_them(eld: Eld) -> None:
    assert eld("replies", "list").stdout == "nothing was collected yet\n"
    eld("locations", "import", eld.write("two.csv", ROWS.encode()))
    (made,) = eld.night("--refuse-postcode", "LS1 4AP")["files"]
    files = eld.json("replies", "list")
    assert [(file["kind"], file["answers"]) for file in files] == [
        ("CAR", [made["file_name"]]),
        ("FCO", [made["file_name"]]),
    ]
    assert len(eld.json("replies", "list", "--last", 1)) == 1
    shown = eld.json("replies", "show", files[0]["id"])
    assert {"id", "file_name", "kind", "outcome", "effects", "rows", "page", "pages", "total"} <= shown.keys()
    assert [(row["number"], row["effect"]) for row in shown["rows"]] == [
        ("01632960901", "applied"),
        ("01632960902", "applied"),
    ]
    text = eld("replies", "show", files[0]["id"]).stdout
    for words in (made["file_name"], "The agent does not know this postcode.", "page 1 of 1, 2 rows"):
        assert words in text
    assert files[1]["file_name"] in eld("replies", "list").stdout
    assert "accepted" in eld("replies", "show", files[1]["id"]).stdout
    assert eld.json("replies", "show", 99, status=1)["id"] is None
    eld("replies", "show", 0, status=2)
