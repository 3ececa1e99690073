"""Rows, facts and replies that the tests of this floor share, and the golden files made from them.

`python tests/emergency_export/export_samples.py` writes `samples/files` anew; the tests compare byte for byte.
Numbers are Ofcom's numbers for fiction, names are invented, towns and postcodes are facts.
"""

from datetime import UTC, date, datetime
from pathlib import Path

from hypothesis import strategies as st

from emergency_export.car_check import CarHeader
from emergency_export.file import render_file
from emergency_export.profile_loading import load_profile
from emergency_export.profiles import FileKind
from emergency_export.replies import CarRow, Fco, render_car, render_fco
from emergency_export.rows import DataRow, FileFacts

FOLDER = Path(__file__).parents[2] / "samples" / "files"
EFF = load_profile("eff-style-1")
CSV = load_profile("csv-1")
DAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 2, 0, 5, tzinfo=UTC)

ACTIVATE = DataRow(
    txn_ref="999/999/000000000101",
    command="A",
    telephone_no="01632960001",
    effective_date=DAY,
    parent_cupid="999",
    child_cupid="999",
    line_type="VOIP",
    name="BRACKENFOLD PRINT LTD",
    premises="UNIT 7",
    thoroughfare="SWEET STREET",
    locality="HOLBECK, LEEDS",
    postcode="LS11 5DF",
    cross_ref="ORDER 7",
)
CEASE = DataRow("999/013/000000000102", "C", "01134960002", DAY, "999", "013")
MODIFY = DataRow(
    txn_ref="999/999/000000000103",
    command="M",
    telephone_no="02079460003",
    effective_date=date(2026, 11, 23),
    parent_cupid="999",
    child_cupid="999",
    line_type="DDI",
    title="DR",
    forename="ORLA",
    name="TESTERTON",
    honours="OBE",
    bus_suffix='T/A "THE CORNER DESK"',
    premises="3RD FLOOR, 12",
    thoroughfare="LITTLE BRITAIN",
    locality="LONDON",
    postcode="EC1A 7BE",
    retailer_id="R00017",
    address_id="100000000003",
    address_id_source="U",
    cross_ref="ORDER 9",
)
ROWS = (ACTIVATE, CEASE, MODIFY)
HELD = tuple(row._replace(command="") for row in (ACTIVATE, MODIFY))


def facts(profile, nn=1, sequence=1, kind="D", file=FileKind.DAT, at=AT):
    return FileFacts("999", sequence, at, kind, "T", profile.file_name("999", DAY, nn, file))


def rendered(profile, rows=ROWS, **changed):
    return b"".join(render_file(profile, facts(profile, **changed), rows))


def fco(profile, **changed):
    values = {"file_name": facts(profile).file_name, "file_sequence": 1, "accepted": True, "reason": ""}
    return Fco(**values | {"received_count": 3, "answered_at": AT.replace(minute=4)} | changed)


def car_header(profile, nn=1):
    return CarHeader("999", AT.replace(minute=9), 1, profile.file_name("999", DAY, nn, FileKind.CAR))


def car_row(record, row, code, class_, text, *, final=True, errors=()):
    at = AT.replace(minute=8)
    return CarRow(
        record, row.txn_ref, row.telephone_no, row.command, code, class_, final, at, len(errors), errors, text
    )


UNASKED = CarRow(
    4, "", "01614960004", "", "0018", "ERROR", False, AT.replace(minute=8), 0, (), "OLO does not own entry"
)
CAR_ROWS = (
    car_row(1, ACTIVATE, "0037", "END", "new record successful"),
    car_row(2, CEASE, "0038", "END", "cease record successful"),
    car_row(3, MODIFY, "0101", "ERROR", "postcode not known", errors=("0101",)),
    UNASKED,
)


def golden_files():
    """Return the files of samples/files by name."""
    found = {}
    for profile in (EFF, CSV):
        name = facts(profile).file_name
        found[name] = rendered(profile)
        found[profile.fco_name(name)] = render_fco(fco(profile), profile)
        found[car_header(profile).file_name] = b"".join(render_car(car_header(profile), CAR_ROWS, profile))
        extract = {"kind": "F", "file": FileKind.EXT, "sequence": 1}
        found[facts(profile, **extract).file_name] = rendered(profile, HELD, **extract)
    return found


def texts(width, alphabet):
    return st.text(alphabet, max_size=width).map(lambda text: text.strip(" "))


def rows(profile, commands="ACMIE"):
    """Any row that the profile can carry."""
    letters = "".join(chr(c) for c in range(0x20, 0x7F) if not (profile.upper and chr(c).islower()))
    digits, cupids = st.text("0123456789", min_size=6, max_size=14), st.text("0123456789", min_size=3, max_size=3)
    words = {
        name: texts(profile.data.by_name[name].width, letters)
        for name in ("title", "forename", "name", "honours", "bus_suffix", "premises", "thoroughfare", "locality")
    }
    needed = {name: words[name].filter(bool) for name in ("name", "premises")}
    return st.builds(
        DataRow,
        txn_ref=st.integers(0, 10**12 - 1).map(lambda n: f"999/999/{n:012}"),
        command=st.sampled_from(commands),
        telephone_no=digits.map(lambda text: f"0{text}"),
        effective_date=st.dates(date(1980, 1, 1), date(2079, 12, 31)),
        parent_cupid=st.just("999"),
        child_cupid=cupids,
        change_cupid=cupids,
        line_type=st.sampled_from(profile.line_types),
        postcode=st.sampled_from(["LS11 5DF", "M1 1AE", "EC1A 1BB", "W1A 0AX", "B33 8TH", "CR2 6XH"]),
        retailer_id=texts(6, letters),
        address_id=st.text("0123456789", max_size=12),
        address_id_source=st.sampled_from(["", "U", "P"]),
        new_telephone_no=st.just(""),
        cross_ref=texts(20, letters),
        **words | needed,
    ).map(_made_whole)


def _made_whole(row):
    if row.command not in {"I", "E"}:
        row = row._replace(change_cupid="")
    return row if row.thoroughfare or row.locality else row._replace(thoroughfare="HIGH STREET")


if __name__ == "__main__":
    for golden_name, content in golden_files().items():
        (FOLDER / golden_name).write_bytes(content)
