"""Reviews by hand: the list with deadlines and places, one in full, judged by another person only."""

from cli_hand import Eld

HEADER = "number,name,premises,thoroughfare,post_town,postcode,latitude,longitude\n"


def put_two(eld: Eld) -> list[int]:
    """Register two numbers with postcodes that the directory does not know."""
    rows = "01632960901,Bakery,Pennant House,Dewsbury Road,Leeds,LS11 5XZ,,\n"
    rows += "01632960902,Bakery,Pennant House,Dewsbury Road,Leeds,LS11 5XY,53.776,-1.542\n"
    eld("locations", "import", eld.write("doubtful.csv", (HEADER + rows).encode()))
    return [one["id"] for one in eld.json("review", "list") if one["number"].startswith("0163296090")]


def test_the_list_says_by_when_and_what_the_directory_knows(eld: Eld) -> None:
    assert eld("review", "list").stdout == "nothing waits for review\n"
    put_two(eld)
    listed = eld.json("review", "list")
    assert [one["due_at"] for one in listed] == sorted(one["due_at"] for one in listed)
    one = listed[0]
    assert (one["age_days"], one["overdue"], one["by_directory"]) == (0, False, False)
    assert (one["directory"]["state"], one["directory"]["area"]) == ("unknown", "LS")
    assert isinstance(one["alternatives"], list)
    assert "P03 postcode" in eld("review", "list").stdout


def test_one_is_shown_in_full_and_judged_by_a_named_person(eld: Eld) -> None:
    first, second = put_two(eld)
    document = eld.json("review", "show", second)
    assert document["surroundings"]["given"]["latitude"] == 53.776
    assert {"findings", "alternatives", "sent", "held", "changes", "due_at"} <= document.keys()
    shown = eld("review", "show", second).stdout
    assert "LS11 5XY: unknown" in shown
    assert "P03 review (postcode): " in shown
    assert "would be sent" in shown
    assert "--as" in eld("review", "approve", first, status=1).stderr
    assert eld.json("--as", "sam@operations.example", "review", "approve", first) == {"id": first, "state": "approved"}
    eld("--as", "sam@operations.example", "review", "return", second, "--why", "Which building?")
    assert eld.json("review", "show", first, status=1)["id"] is None
    assert [one for one in eld.json("review", "list") if one["id"] in {first, second}] == []
