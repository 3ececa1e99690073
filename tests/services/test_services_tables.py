"""Any file at all: rows come out, or every fault of it is told; never anything else."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.errors import Refused
from app.services.tables import LONGEST_CELL, read_table

COLUMNS = ("number", "name", "reasons")
REQUIRED = ("number", "name")
HEADER = b"number,name,reasons\n"
PIECES = st.sampled_from(
    [b",", b"\n", b"\r\n", b"\r", b'"', b'""', b"a", b" ", "é".encode(), b"\xff", b"\0", b"\xef\xbb\xbf"]
)
FILES = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=200).map(str.encode),
    st.lists(PIECES, max_size=60).map(b"".join),
    st.lists(PIECES, max_size=60).map(lambda pieces: HEADER + b"".join(pieces)),
    st.text(max_size=100).map(lambda text: text.encode("utf-16")),
)


def read(content, limit=1_000_000, size=None):
    return list(read_table(io.BytesIO(content), COLUMNS, REQUIRED, limit=limit, size=size))


def read_or_be_told(content):
    try:
        return read(content), ()
    except Refused as refused:
        return [], refused.problems or pytest.fail("refused without a reason")


@given(FILES)
@example(HEADER + b'"')
@example(HEADER + b'1,"a\n')
@example(b"\xff\xfe")
@example(b"\xef\xbb\xbf")
def test_any_file_gives_rows_or_is_refused_with_reasons(content):
    rows, problems = read_or_be_told(content)
    assert all(problem.message and problem.code.startswith("U") for problem in problems)
    assert [row.row for row in rows] == list(range(1, len(rows) + 1))
    for row in rows:
        assert set(row.values) <= set(COLUMNS)
        assert all(len(cell) <= LONGEST_CELL for cell in row.values.values()) or row.problems


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=30)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS).filter(lambda cells: any(cell.strip() for cell in cells)), max_size=10))
def test_what_a_csv_writer_writes_is_read_as_it_was(rows):
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS, *rows])
    assert [tuple(row.values.values()) for row in read(text.getvalue().encode("utf-8-sig"))] == rows


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_named_as_what_it_is(encoding):
    with pytest.raises(Refused) as refused:
        read("number,name\n01632960001,Hartwell\n".encode(encoding))
    (problem,) = refused.value.problems
    assert problem.code == "U03"
    assert "UTF-16" in problem.message


def test_a_row_of_another_length_keeps_what_was_typed():
    short, long = read(HEADER + b"1\n2,b,c,d,e\n")
    assert (short.values, short.surplus) == ({"number": "1", "name": "", "reasons": ""}, ())
    assert (long.values, long.surplus) == ({"number": "2", "name": "b", "reasons": "c"}, ("d", "e"))
    assert [row.problems[0].code for row in (short, long)] == ["U07", "U07"]


def told(content):
    with pytest.raises(Refused) as refused:
        read(content)
    return [(problem.code, problem.field, problem.message) for problem in refused.value.problems]


@pytest.mark.parametrize("row", [b"01632960001,Hartwell,Foundry House\n", b"number;name;reasons\n1;2;3\n", b"Hartwell"])
def test_a_file_without_a_header_is_told_so_once_and_nothing_of_it_is_said_again(row):
    words = "The first row is not a header row: it has none of the columns number, name."
    assert told(row) == [("U02", "", f"{words} Columns are separated by commas.")]


def test_unknown_columns_are_told_one_by_one_and_the_known_ones_once():
    assert told(b"number,colour,taste\n1,2,3\n") == [
        ("U01", "colour", "There is no column called 'colour'. Known: number, name, reasons."),
        ("U01", "taste", "There is no column called 'taste'."),
        ("U02", "name", "The column name is missing from the header row."),
    ]
