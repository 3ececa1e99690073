"""Profile csv-1: the agent's second reading, on files made by hand."""

import hashlib

import pytest
from agent_dat import Rehearsal, number_of, ref_of

from emergency_export.agent import Agent
from emergency_export.agent.csv_form import CsvForm

COLUMNS = (
    "rec_type,rec_no,txn_ref,command,telephone_no,effective_date,parent_cupid,child_cupid,change_cupid,"
    "line_type,title,forename,name,honours,bus_suffix,premises,thoroughfare,locality,postcode,retailer_id,"
    "address_id,address_id_source,new_telephone_no,cross_ref"
)


def name_of(sequence):
    return f"999-010327-{sequence:02d}.csv"


def row(rec_no, command="A", ref=None, *, number=None, date="01/03/2027", premises="Unit 3", postcode="LS11 5DF"):
    number = number or number_of(1)
    return (
        f"D,{rec_no},{ref or ref_of(rec_no)},{command},{number},{date},999,999,,VOIP,Dr,Anne,"
        f'"Smith, Jones ""and"" Co",,,{premises},High Street,Leeds,{postcode},,,,,ORDER 7'
    )


def head(sequence, *, kind="D", environment="T", created="2027-03-01T02:00:00", form="CSV01", name=None):
    return f"H,{form},999,{created},{sequence},{kind},{environment},{name or name_of(sequence)}"


def csv_file(sequence, rows=(), *, columns=COLUMNS, header=None, counts=None, checksum=None):
    before = "".join(f"{line}\n" for line in (columns, header or head(sequence), *rows)).encode("latin-1")
    if counts is None:
        letters = [line.split(",")[3] for line in rows]
        counts = ",".join(str(letters.count(letter)) for letter in "ACMEI")
    checksum = checksum or hashlib.sha512(before).hexdigest()[:32]
    tail = f"T,999,{sequence},{len(rows)},{counts},0,{checksum}\n"
    return before + tail.encode("ascii")


@pytest.fixture
def rehearsal(tmp_path):
    return Rehearsal(tmp_path, Agent, profile="csv-1")


def submit(rehearsal, sequence, content, name=None):
    rehearsal.send(content, name or name_of(sequence))
    report = rehearsal.agent.step()
    return report, rehearsal.collect()


def reason(replies):
    (line,) = [text for name, text in replies.items() if name.endswith(".fco.csv")]
    return line.split(",")[4]


def test_a_night_and_its_replies(rehearsal):
    rows = [row(1), row(2, number=number_of(2), postcode="")]
    report, replies = submit(rehearsal, 1, csv_file(1, rows))
    assert report.rejected == 1
    assert replies == {
        "999-010327-01.fco.csv": "F,999-010327-01.csv,1,ACCEPTED,,2,2027-03-01T02:30:00\n",
        "999-010327-01.car.csv": (
            "H,999,2027-03-01T02:30:00,1,999-010327-01.car.csv\n"
            f"R,{ref_of(1)},{number_of(1)},A,0037,END,Y,2027-03-01T02:30:00,0,,NEW RECORD SUCCESSFUL\n"
            f"R,{ref_of(2)},{number_of(2)},A,0101,ERROR,Y,2027-03-01T02:30:00,1,0101,POSTCODE NOT KNOWN\n"
            "T,999,1,2\n"
        ),
    }
    held = rehearsal.agent.record(number_of(1))
    assert held["name"] == 'Smith, Jones "and" Co'
    assert held["effective_date"] == "20270301"
    assert held["premises"] == "Unit 3"


def test_several_codes_are_quoted(rehearsal):
    _, replies = submit(rehearsal, 1, csv_file(1, [row(1, "M", premises="", postcode="X")]))
    assert ',3,"0104,0101,0102",' in replies["999-010327-01.car.csv"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (csv_file(1, [row(1)], columns=COLUMNS.replace("rec_no", "number")), "BADHEADER"),
        (csv_file(1, [row(1)], header=head(1, form="CSV02")), "BADHEADER"),
        (csv_file(1, [row(1)], header=head(1, created="20270301020000")), "BADHEADER"),
        (csv_file(1, [row(1)], header=head(1, created="2027-02-30T02:00:00")), "BADHEADER"),
        (csv_file(1, [row(1)], header=head(1, environment="L")), "BADHEADER"),
        (csv_file(1, [row(1)], header=head(1, name="x" * 33)), "BADHEADER"),
        (csv_file(1, [row(1)], header=head(1) + ","), "BADLENGTH"),
        (csv_file(1, [row(1) + ","]), "BADLENGTH"),
        (csv_file(1, [row(1).replace('Co"', "Co")]), "BADLENGTH"),
        (csv_file(1, [row(1)])[:-1], "BADLENGTH"),
        (csv_file(1, [row(1)]).replace(b"\n", b"\r\n"), "NONASCII"),
        (csv_file(1, [row(1, premises="Caf\xe9")]), "NONASCII"),
        (csv_file(1, [row(2)]), "BADCOUNT"),
        (csv_file(1, [row(1), "X,2,,A"]), "BADCOUNT"),
        (csv_file(1, [row(1)], counts=",".join(["0"] * 5)), "BADCOUNT"),
        (csv_file(1, [row(1)], counts="01,0,0,0,0"), "BADCOUNT"),
        (csv_file(1, [row(1)], header=head("01", name=name_of(1))), "BADHEADER"),
        (csv_file(1, [row(1).replace("D,1,", "D,01,")]), "BADCOUNT"),
        (csv_file(1, [row(1)], checksum="0" * 31), "BADCHECKSUM"),
        (csv_file(1, [row(1)], checksum="0" * 33), "BADCOUNT"),
        (csv_file(1, [row(1)]).replace(b"High", b"Nigh"), "BADCHECKSUM"),
        (csv_file(2, [row(1)], header=head(2, name=name_of(1))), "SEQGAP"),
        (b"", "BADHEADER"),
        (COLUMNS.encode() + b"\n", "BADHEADER"),
    ],
)
def test_reasons(rehearsal, content, expected):
    assert reason(submit(rehearsal, 1, content)[1]) == expected


def test_badname_and_badcupid(rehearsal):
    assert reason(submit(rehearsal, 1, csv_file(1), "999-320127-01.csv")[1]) == "BADNAME"
    content = csv_file(2, header=head(2, name="998-010327-01.csv"))
    assert reason(submit(rehearsal, 2, content, "998-010327-01.csv")[1]) == "BADCUPID"


def test_seqdup(tmp_path):
    rehearsal = Rehearsal(tmp_path, Agent, profile="csv-1", keep=False)
    content = csv_file(1, [row(1)])
    assert reason(submit(rehearsal, 1, content)[1]) == ""
    assert reason(submit(rehearsal, 1, content)[1]) == "SEQDUP"


def test_most_records_are_those_of_the_profile(rehearsal, monkeypatch):
    assert CsvForm.max_records == 100_000
    monkeypatch.setattr(CsvForm, "max_records", 1)
    assert reason(submit(rehearsal, 1, csv_file(1, [row(1), row(2)]))[1]) == "BADCOUNT"


@pytest.mark.parametrize(
    "line",
    [row(1, date="20270301"), row(1, date="2027-03-01"), row(1, date="30/02/2027"), row(1, premises="X" * 81)],
    ids=["date-of-another-form", "iso-date", "no-such-day", "too-wide"],
)
def test_0057_for_what_the_columns_do_not_take(rehearsal, line):
    _, replies = submit(rehearsal, 1, csv_file(1, [line]))
    assert ",A,0057,ERROR,Y," in replies["999-010327-01.car.csv"]


def test_dates_are_compared_as_days(rehearsal):
    submit(rehearsal, 1, csv_file(1, [row(1, date="02/03/2027")]))
    _, replies = submit(rehearsal, 2, csv_file(2, [row(1, "M", ref_of(2), date="28/02/2027")]))
    assert ",M,0105,ERROR,Y," in replies["999-010327-02.car.csv"]
    _, replies = submit(rehearsal, 3, csv_file(3, [row(1, "M", ref_of(3), date="01/04/2027")]))
    assert ",M,0039,END,Y," in replies["999-010327-03.car.csv"]


def test_replies_and_extracts_are_no_dats(rehearsal):
    for ending in ("fco", "car", "ext"):
        (rehearsal.root / "outbox" / f"999-010327-01.{ending}.csv").write_bytes(b"")
    assert rehearsal.agent.step().files == ()


def test_the_extract(rehearsal):
    submit(rehearsal, 1, csv_file(1, [row(1)]))
    (path,) = rehearsal.agent.extract()
    assert path.name == "999-010327-01.ext.csv"
    counts = ",".join(["0"] * 5)
    header = head(1, kind="F", created="2027-03-01T02:30:00", name=path.name)
    assert path.read_bytes() == csv_file(1, [row(1, "")], header=header, counts=counts)


def test_a_full_file_answers_nothing(rehearsal):
    counts = ",".join(["0"] * 5)
    content = csv_file(1, [row(1, "")], header=head(1, kind="F"), counts=counts)
    report, replies = submit(rehearsal, 1, content)
    assert (reason(replies), report.cars) == ("", ())


@pytest.mark.parametrize("kind", ["H", "D", "T"])
def test_a_record_that_is_too_wide_is_not_written(kind):
    form = CsvForm()
    values = {"effective_date": "20270301", "created_date": "20270301", "created_time": "020000"}
    with pytest.raises(ValueError, match="rec_type has 2 characters"):
        form.write(kind, values | {"rec_type": kind * 2})
