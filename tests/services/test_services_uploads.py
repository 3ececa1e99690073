"""Bulk registration: nothing half saved, every bad file named, and what failed can be put in again."""

import csv
import io

import pytest
from stage import number

from app.db.engine import Database
from app.errors import NotFound
from app.models.exports import Transaction
from app.models.numbers import Number
from app.models.records import Registration
from app.services.locations.ceasing import cease_numbers
from app.services.locations.storing import Store
from app.services.uploads import BATCH, import_locations

HEADER = "number,name,premises,thoroughfare,post_town,postcode"


def row(place, **columns):
    known = {
        "number": number(place),
        "name": "Hartwell Ltd",
        "premises": "Pennant House",
        "thoroughfare": "Dewsbury Road",
        "post_town": "Leeds",
        "postcode": "LS11 5DF",
    }
    return ",".join((known | columns).values())


def table(*rows, header=HEADER):
    return "\n".join([header, *rows, ""]).encode()


def upload(stage, content, **options):
    actor = options.pop("actor", stage.customer)
    account = options.pop("account", stage.account)
    return import_locations(stage.system, actor, account, io.BytesIO(content), **options)


def counts(report):
    return report.rows, report.accepted, report.unchanged, report.for_review, report.refused


def nothing_is_stored(stage):
    return not any(stage.all(item) for item in (Number, Registration, Transaction))


def test_good_rows_are_stored_once(stage):
    content = table(*(row(place) for place in range(5)))
    report = upload(stage, content)
    assert (counts(report), report.saved) == ((5, 5, 0, 0, 0), True)
    assert stage.events()[-1] == "locations_imported"
    again = upload(stage, content)
    assert (counts(again), again.saved) == ((5, 0, 5, 0, 0), True)
    assert len(stage.all(Registration)) == 5
    stage.night()
    assert len(stage.rows()) == 5


def test_a_dry_run_saves_nothing_and_says_what_would_come(stage):
    report = upload(stage, table(row(1), row(2, postcode="nonsense")), dry_run=True)
    assert (report.rows, report.refused, report.saved, report.dry_run) == (2, 1, False, True)
    assert nothing_is_stored(stage)
    assert "locations_imported" not in stage.events()


def test_one_refused_row_means_that_nothing_is_saved(stage):
    report = upload(stage, table(row(1), row(2, postcode="nonsense"), row(3)))
    assert (counts(report), report.saved) == ((3, 0, 0, 0, 1), False)
    assert nothing_is_stored(stage)
    assert {(problem.row, problem.field) for problem in report.problems if problem.severity == "error"} == {
        (2, "postcode")
    }


def test_good_rows_alone_by_choice_and_what_failed_again(stage):
    report = upload(stage, table(row(1), row(2, postcode="nonsense"), row(3)), skip_bad=True)
    assert (counts(report), report.saved) == ((3, 2, 0, 0, 1), True)
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER.split(","))
    writer.writeheader()
    for failed in report.failed:
        assert failed.row == 2
        writer.writerow(failed.values | {"postcode": "LS11 5DF"})
    again = upload(stage, out.getvalue().encode())
    assert (counts(again), again.saved) == ((1, 1, 0, 0, 0), True)
    assert sorted(item.number[-3:] for item in stage.all(Number)) == ["001", "002", "003"]


def test_a_number_that_stands_there_twice_is_refused_the_second_time(stage):
    report = upload(stage, table(row(1), row(1, premises="Unit 4")), skip_bad=True)
    assert counts(report) == (2, 1, 0, 0, 1)
    assert [(problem.row, problem.code) for problem in report.problems if problem.severity == "error"] == [(2, "U11")]


def test_a_number_that_stands_there_twice_far_apart_is_found_too(sqlite_stage):
    rows = [row(place) for place in range(BATCH + 20)]
    report = upload(sqlite_stage, table(*rows, row(3, premises="Unit 4")))
    assert (report.refused, report.saved) == (1, False)
    assert nothing_is_stored(sqlite_stage)


def test_a_refused_row_does_not_make_the_next_of_its_number_a_repetition(stage):
    report = upload(stage, table(row(1, postcode="nonsense"), row(1)), skip_bad=True)
    assert counts(report) == (2, 1, 0, 0, 1)


def test_more_rows_than_a_batch_among_them_numbers_that_come_back(stage):
    stage.live(1)
    cease_numbers(stage.system, stage.customer, [number(1)])
    told = []
    report = upload(stage, table(*(row(place) for place in range(BATCH + 30))), progress=told.append)
    assert (report.saved, report.accepted, told) == (True, BATCH + 30, [BATCH, 30])
    assert {item.ceased_on for item in stage.all(Number)} == {None}
    stage.night()
    assert len(stage.rows()) == BATCH + 29, "the agent holds the one that came back"


def test_numbers_of_another_account_are_refused(stage):
    stage.register(1)
    report = upload(stage, table(row(1), row(2)), account=stage.other_account, actor=stage.other_customer)
    assert (report.saved, [p.code for p in report.problems if p.severity == "error"]) == (False, ["N05"])
    with pytest.raises(NotFound):
        upload(stage, table(row(1)), account=stage.other_account)


def test_rows_in_review_are_counted_and_have_no_transaction(stage, directory):
    assert directory is None
    report = upload(stage, table(row(1), row(2, postcode="LS1 9ZZ")))
    assert (counts(report), report.saved) == ((2, 1, 0, 1, 0), True)
    assert len(stage.all(Transaction)) == 1


def test_a_bom_crlf_blank_lines_and_any_order_are_read(stage):
    content = b"\xef\xbb\xbfpostcode,NAME ,number,premises,thoroughfare,post_town\r\n"
    content += b"LS11 5DF,Hartwell Ltd," + number(1).encode() + b",Pennant House,Dewsbury Road,Leeds\r\n\r\n,,,,,\r\n"
    report = upload(stage, content)
    assert (counts(report), report.saved) == ((1, 1, 0, 0, 0), True)


def test_a_quoted_cell_may_hold_a_comma_and_a_line_end(stage):
    report = upload(stage, table(row(1, name='"Hartwell, Sons\nand Daughters"')))
    assert report.rows == 1
    assert report.saved or {problem.field for problem in report.problems} >= {"name"}


TOO_LONG = "x" * 11_000
BAD_FILES = {
    "unknown column": (table(row(1), header=HEADER.replace("name", "colour")), {"U01", "U02"}),
    "missing column": (b"number,name,premises\n1,2,3\n", {"U02"}),
    "column twice": (table(row(1) + ",x", header=HEADER + ",name"), {"U10"}),
    "no header": (row(1).encode(), {"U02"}),
    "empty": (b"", {"U04"}),
    "white space": (b"\xef\xbb\xbf \r\n\r\n", {"U04"}),
    "latin-1": (table(row(1, name="Café")).decode().encode("latin-1"), {"U03"}),
    "utf-16": (table(row(1)).decode().encode("utf-16"), {"U01", "U02", "U03", "U08"}),
    "latin-1 header": ("númber,name\n".encode("latin-1"), {"U03"}),
    "NUL": (table(row(1, name="Hart\0well")), {"U08"}),
    "CR only": (table(row(1), row(2)).replace(b"\n", b"\r"), {"U09"}),
    "CR in the middle": (table(row(1), row(2, name="Hart\rwell")), {"U06"}),
    "quote not closed in the header": (b'number,"name\n', {"U06"}),
    "text after a quote in the header": (b'"number"x,name\n', {"U06"}),
    "quote not closed": (table(row(1), row(2, name='"Hartwell')), {"U06"}),
    "cell of 200,000": (table(row(1), row(2, name="x" * 200_000)), {"U06"}),
    "row too long": (table(row(1), row(2) + ",more"), {"U07"}),
    "row too short": (table(row(1), number(2)), {"U07"}),
    "cell too long": (table(row(1), row(2, name=TOO_LONG)), {"U07"}),
    "one line of a megabyte": (b"n" * 1_000_000 + b"\n", None),
    "binary": (bytes(range(256)) * 50, None),
}


@pytest.mark.parametrize("kind", BAD_FILES)
@pytest.mark.parametrize("skip_bad", [False, True])
def test_a_bad_file_is_named_and_nothing_of_it_is_half_saved(sqlite_stage, kind, skip_bad):
    content, codes = BAD_FILES[kind]
    report = upload(sqlite_stage, content, skip_bad=skip_bad)
    found = {problem.code for problem in report.problems if problem.severity == "error"}
    assert found
    assert report.refused >= 1
    if codes is not None:
        assert found <= codes
    by_row = "U07" in found
    assert report.saved is (skip_bad and by_row)
    if not report.saved:
        assert nothing_is_stored(sqlite_stage)
        assert (report.accepted, report.for_review) == (0, 0)
    for problem in report.problems:
        assert problem.message
        assert problem.code != "U07" or problem.row is not None


def test_too_large_is_refused_by_its_size_and_by_what_comes(new_stage):
    stage = new_stage(ELD_UPLOAD_LIMIT="2000")
    content = table(*(row(place) for place in range(40)))
    for size in (len(content), None, 10):
        report = upload(stage, content, size=size)
        assert ([problem.code for problem in report.problems if problem.code == "U05"], report.saved) == (
            ["U05"],
            False,
        )
        assert nothing_is_stored(stage)


def test_a_fault_of_the_database_in_the_middle_saves_nothing(stage, monkeypatch):
    calls = []

    def fail_later(*arguments):
        calls.append(arguments)
        if len(calls) == 2:
            raise RuntimeError("the disk is full")
        return original(*arguments)

    original = Store._supersede
    monkeypatch.setattr(Store, "_supersede", fail_later)
    with pytest.raises(RuntimeError):
        upload(stage, table(*(row(place) for place in range(BATCH + 5))))
    assert nothing_is_stored(stage)
    assert isinstance(stage.system.database, Database)


def test_a_file_of_paf_elements_needs_no_column_of_premises(stage):
    header = "number,name,sub_building,building_number,thoroughfare,post_town,postcode"
    report = upload(stage, table(f"{number(1)},Hart,Flat 2,14,Dewsbury Road,Leeds,LS11 5DF", header=header))
    assert (report.accepted, report.saved) == (1, True)
    assert {problem.code for problem in report.problems} >= {"A10"}
    stage.night()
    assert [(row.premises, row.thoroughfare) for row in stage.rows()] == [("FLAT 2, 14", "DEWSBURY ROAD")]
    without = upload(stage, table(f"{number(2)},Hart,Leeds,LS11 5DF", header="number,name,post_town,postcode"))
    assert [problem.code for problem in without.problems] == ["U02"]
