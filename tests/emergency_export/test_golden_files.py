"""The sample files, byte for byte, and every column of them at the positions of the specification's tables."""

import hashlib

import pytest
from export_samples import CAR_ROWS, CSV, EFF, FOLDER, HELD, ROWS, fco, golden_files

from emergency_export.file import read_file, verify_file
from emergency_export.replies import read_car, read_fco

GOLDEN = golden_files()

# Written out by hand from file-interface.md (name, from, width): not taken from the profile that they check.
HEADER = [
    ("rec_type", 1, 1),
    ("format_id", 2, 8),
    ("cupid", 10, 3),
    ("created_date", 13, 8),
    ("created_time", 21, 6),
    ("file_sequence", 27, 6),
    ("file_kind", 33, 1),
    ("environment", 34, 1),
    ("file_name", 35, 20),
]
DATA = [
    ("rec_type", 1, 1),
    ("rec_no", 2, 7),
    ("txn_ref", 9, 20),
    ("command", 29, 1),
    ("telephone_no", 30, 15),
    ("effective_date", 45, 8),
    ("parent_cupid", 53, 3),
    ("child_cupid", 56, 3),
    ("change_cupid", 59, 3),
    ("line_type", 62, 4),
    ("title", 66, 20),
    ("forename", 86, 20),
    ("name", 106, 50),
    ("honours", 156, 30),
    ("bus_suffix", 186, 50),
    ("premises", 236, 60),
    ("thoroughfare", 296, 55),
    ("locality", 351, 30),
    ("postcode", 381, 8),
    ("retailer_id", 389, 6),
    ("address_id", 395, 12),
    ("address_id_source", 407, 1),
    ("new_telephone_no", 408, 15),
    ("cross_ref", 423, 20),
]
TRAILER = [
    ("rec_type", 1, 1),
    ("cupid", 2, 3),
    ("file_sequence", 5, 6),
    ("record_count", 11, 7),
    ("count_a", 18, 7),
    ("count_c", 25, 7),
    ("count_m", 32, 7),
    ("count_e", 39, 7),
    ("count_i", 46, 7),
    ("count_other", 53, 7),
    ("checksum", 60, 16),
]
CAR_HEADER = [("rec_type", 1, 1), ("cupid", 2, 3), ("created", 5, 14), ("car_sequence", 19, 6), ("file_name", 25, 20)]
CAR_ROW = [
    ("rec_type", 1, 1),
    ("txn_ref", 2, 20),
    ("telephone_no", 22, 15),
    ("command", 37, 1),
    ("response_code", 38, 4),
    ("class", 42, 5),
    ("final", 47, 1),
    ("message_time", 48, 14),
    ("error_count", 62, 2),
    ("error_list", 64, 40),
    ("text", 104, 80),
]
CAR_TRAILER = [("rec_type", 1, 1), ("cupid", 2, 3), ("car_sequence", 5, 6), ("record_count", 11, 7)]


def sliced(line, table):
    return {name: line[start - 1 : start - 1 + width] for name, start, width in table}


def padded(values, table):
    return {name: values.get(name, "").ljust(width) for name, _, width in table}


def lines_of(name):
    return (FOLDER / name).read_bytes().decode("ascii").split("\r\n")


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_a_sample_is_what_the_writer_makes(name):
    assert (FOLDER / name).read_bytes() == GOLDEN[name]


def test_no_sample_is_left_over():
    assert {path.name for path in FOLDER.iterdir()} == {*GOLDEN, "README.md", ".gitattributes"}


@pytest.mark.parametrize(
    ("layout", "table"),
    [
        (EFF.header, HEADER),
        (EFF.data, DATA),
        (EFF.trailer, TRAILER),
        (EFF.car_header, CAR_HEADER),
        (EFF.car_row, CAR_ROW),
        (EFF.car_trailer, CAR_TRAILER),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_the_profile_puts_every_field_where_the_specification_does(layout, table):
    placed = [(name, first, last - first + 1) for name, (first, last) in layout.columns.items() if name != "filler"]
    assert placed == table


def test_every_column_of_the_dat():
    header, activate, cease, modify, trailer, end = lines_of("BT199924112601.DAT")
    assert end == ""
    assert [len(line) for line in (header, activate, cease, modify, trailer)] == [442] * 5
    assert sliced(header, HEADER) == {
        "rec_type": "H",
        "format_id": "EFFL0001",
        "cupid": "999",
        "created_date": "20261124",
        "created_time": "020005",
        "file_sequence": "000001",
        "file_kind": "D",
        "environment": "T",
        "file_name": "BT199924112601.DAT  ",
    }
    assert header[54:] == " " * 388
    assert sliced(activate, DATA) == padded(
        {
            "rec_type": "D",
            "rec_no": "0000001",
            "txn_ref": "999/999/000000000101",
            "command": "A",
            "telephone_no": "01632960001",
            "effective_date": "20261124",
            "parent_cupid": "999",
            "child_cupid": "999",
            "line_type": "VOIP",
            "name": "BRACKENFOLD PRINT LTD",
            "premises": "UNIT 7",
            "thoroughfare": "SWEET STREET",
            "locality": "HOLBECK, LEEDS",
            "postcode": "LS11 5DF",
            "cross_ref": "ORDER 7",
        },
        DATA,
    )
    assert cease == "D0000002999/013/000000000102C01134960002    20261124999013" + " " * 384
    assert sliced(modify, DATA) == padded(
        {
            "rec_type": "D",
            "rec_no": "0000003",
            "txn_ref": "999/999/000000000103",
            "command": "M",
            "telephone_no": "02079460003",
            "effective_date": "20261123",
            "parent_cupid": "999",
            "child_cupid": "999",
            "line_type": "DDI",
            "title": "DR",
            "forename": "ORLA",
            "name": "TESTERTON",
            "honours": "OBE",
            "bus_suffix": 'T/A "THE CORNER DESK"',
            "premises": "3RD FLOOR, 12",
            "thoroughfare": "LITTLE BRITAIN",
            "locality": "LONDON",
            "postcode": "EC1A 7BE",
            "retailer_id": "R00017",
            "address_id": "100000000003",
            "address_id_source": "U",
            "cross_ref": "ORDER 9",
        },
        DATA,
    )
    before = "".join(f"{line}\r\n" for line in (header, activate, cease, modify))
    assert sliced(trailer, TRAILER) == {
        "rec_type": "T",
        "cupid": "999",
        "file_sequence": "000001",
        "record_count": "0000003",
        "count_a": "0000001",
        "count_c": "0000001",
        "count_m": "0000001",
        "count_e": "0000000",
        "count_i": "0000000",
        "count_other": "0000000",
        "checksum": hashlib.sha256(before.encode("ascii")).hexdigest()[:16].upper(),
    }
    assert trailer[75:] == " " * 367


def test_the_fco_is_one_line_of_seven_fields():
    content = (FOLDER / "BT199924112601.FCO").read_bytes()
    assert content == b"F|BT199924112601.DAT|000001|ACCEPTED||0000003|20261124020405\r\n"


def test_every_column_of_the_car():
    header, first, _, third, unasked, trailer, end = lines_of("BT199924112601.CAR")
    assert end == ""
    assert [len(line) for line in (header, first, third, unasked, trailer)] == [44, 183, 183, 183, 17]
    assert sliced(header, CAR_HEADER) == padded(
        {
            "rec_type": "H",
            "cupid": "999",
            "created": "20261124020905",
            "car_sequence": "000001",
            "file_name": "BT199924112601.CAR",
        },
        CAR_HEADER,
    )
    assert sliced(first, CAR_ROW) == padded(
        {
            "rec_type": "R",
            "txn_ref": "999/999/000000000101",
            "telephone_no": "01632960001",
            "command": "A",
            "response_code": "0037",
            "class": "END",
            "final": "Y",
            "message_time": "20261124020805",
            "error_count": "00",
            "text": "new record successful",
        },
        CAR_ROW,
    )
    assert sliced(third, CAR_ROW)["error_count"] + sliced(third, CAR_ROW)["error_list"] == "01" + "0101".ljust(40)
    assert sliced(unasked, CAR_ROW)["txn_ref"] == " " * 20
    assert sliced(unasked, CAR_ROW)["class"] + sliced(unasked, CAR_ROW)["final"] == "ERRORN"
    assert trailer == "T9990000010000004"


def test_the_extract_counts_blank_commands_in_record_count_alone():
    header, held, _, trailer, _ = lines_of("BT199924112601.EXT")
    assert sliced(header, HEADER)["file_kind"] == "F"
    assert sliced(held, DATA)["command"] == " "
    assert sliced(trailer, TRAILER)["record_count"] == "0000002"
    assert trailer[17:59] == "0" * 42


def test_the_csv_twin_carries_the_same_facts():
    names, header, activate, _, modify, trailer, end = (FOLDER / "999-241126-01.csv").read_text("ascii").split("\n")
    assert end == ""
    assert names.startswith("rec_type,rec_no,txn_ref,command,telephone_no,effective_date,")
    assert header == "H,CSV01,999,2026-11-24T02:00:05,1,D,T,999-241126-01.csv"
    assert activate.startswith(
        "D,1,999/999/000000000101,A,01632960001,24/11/2026,999,999,,VOIP,,,BRACKENFOLD PRINT LTD"
    )
    assert activate.endswith(',UNIT 7,SWEET STREET,"HOLBECK, LEEDS",LS11 5DF,,,,,ORDER 7')
    assert ',"T/A ""THE CORNER DESK""",' in modify
    assert trailer.startswith("T,999,1,3,1,1,1,0,0,0,")


@pytest.mark.parametrize("profile", [EFF, CSV], ids=lambda profile: profile.name)
def test_the_samples_read_back_to_what_they_were_made_from(profile):
    dat, ext = (FOLDER / profile.file_name("999", ROWS[0].effective_date, 1, kind) for kind in ("DAT", "EXT"))
    assert verify_file(dat, profile, name=dat.name).faults == ()
    assert tuple(row for _, row in read_file(dat, profile)) == ROWS
    assert verify_file(ext, profile, name=ext.name).faults == ()
    assert tuple(row for _, row in read_file(ext, profile)) == HELD
    answer = FOLDER / profile.fco_name(dat.name)
    assert read_fco(answer, answer.name, profile) == fco(profile)
    car = FOLDER / profile.file_name("999", ROWS[0].effective_date, 1, "CAR")
    assert tuple(read_car(car, car.name, profile).rows()) == CAR_ROWS
