"""A transport that breaks in the middle of a collection: what was done is printed all the same."""

from cli_hand import Eld

from emergency_export.faults import TransportDown
from emergency_export.transport import FolderTransport

ROWS = """number,name,premises,thoroughfare,post_town,postcode
01632960901,Bakery,Pennant House,Dewsbury Road,Leeds,LS11 5DF
"""


def test_what_was_applied_before_it_is_told(sqlite_eld: Eld, monkeypatch) -> None:
    sqlite_eld("locations", "import", sqlite_eld.write("one.csv", ROWS.encode()))
    sqlite_eld("export", "run")
    sqlite_eld("agent", "step")
    fetch = FolderTransport.fetch

    def breaks(self, name, to):
        if name.endswith(".CAR"):
            raise TransportDown("the line broke")
        return fetch(self, name, to)

    monkeypatch.setattr(FolderTransport, "fetch", breaks)
    assert sqlite_eld.json("replies", "collect", status=1)["fco"] == 1
    empty = sqlite_eld.json("replies", "collect", status=1)
    assert (empty["fco"], len(empty["problems"])) == (0, 1)
