"""`eld numbers`: Ofcom's tables, and what the inventory warns of."""

from cli_hand import Eld

TABLE = (
    "NMS Number Block: Number Block,Block Status,CP Name,Geographic Number Length,Allocation Date,Notes\r\n"
    "1632 960,Allocated,Northern Voice Ltd,4+6,01/04/1998,\r\n1632 961,Free,,4+6,,\r\n"
)
RANGE = b"kind,start,end\nrange,01632960000,01632960499\n"


def test_ofcoms_tables_are_loaded_and_counted(eld: Eld) -> None:
    path = eld.write("S1.csv", TABLE.encode())
    assert eld.json("numbers", "blocks", path) == {"rows": 2, "series": {"1": 2}, "before": {}}
    said = eld("numbers", "blocks", path).stdout.splitlines()
    assert [line.split() for line in said] == [["series", "blocks", "before"], ["01", "2", "2"]]


def test_a_range_of_another_is_loaded_and_told_on_stderr(eld: Eld) -> None:
    eld("numbers", "blocks", eld.write("S1.csv", TABLE.encode()))
    path = eld.write("numbers.csv", RANGE)
    told = eld.json("numbers", "load", path)
    assert (told["ranges"], [problem["code"] for problem in told["problems"]]) == (1, ["I03", "N08"])
    done = eld("numbers", "load", path)
    assert done.stderr.splitlines()[1].startswith("N08 warning (row 1, start): By Ofcom's tables 500 of these 500")


def test_an_account_is_vouched_for_once(eld: Eld) -> None:
    assert "vouched for already" in eld("numbers", "vouch", "--account", "1", status=1).stderr
    assert "no such account" in eld("numbers", "vouch", "--account", "999", status=1).stderr


def test_a_table_with_a_fault_is_refused_with_its_line(eld: Eld) -> None:
    path = eld.write("S1.csv", TABLE.replace("4+6,,", "4+x,,").encode())
    report = eld.json("numbers", "blocks", path, status=1)
    assert (report["rows"], [(one["code"], one["line"]) for one in report["problems"]]) == (0, [("O05", 3)])
    assert eld("numbers", "blocks", path, status=1).stderr.startswith(
        "O05 error (line 3, number length): S1.csv, line 3"
    )
    eld("numbers", "blocks", eld.data_dir / "none.csv", status=2)


def test_the_inventory_is_listed_as_it_is_loaded(eld: Eld) -> None:
    rows = eld.json("numbers", "list")
    kinds = [row["kind"] for row in rows]
    assert (kinds.count("range"), kinds.count("in_use")) == (16, 28)
    assert list(rows[0]) == ["kind", "start", "end", "account", "child_cupid", "line_type", "losing_cupid", "port_date"]
    eld("numbers", "cease", "01134960101")
    assert len(eld.json("numbers", "list", "--kind", "in_use")) == 27
    assert eld.json("numbers", "list", "--kind", "ported_in") == []
    lines = eld("numbers", "list", "--kind", "range").stdout.splitlines()
    assert lines[0].split() == ["range", "01134960000", "01134960999", "-", "-", "-", "-", "-"]
    eld("numbers", "list", "--kind", "loan", status=2)
