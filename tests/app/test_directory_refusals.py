import errno
import tempfile
import zipfile
from pathlib import Path

import pytest
from directory_sources import (
    CODE_POINT_HEADERS,
    ONSPD_OLD,
    code_point_parts,
    code_point_row,
    csv_text,
    onspd_row,
    onspd_text,
    padded,
    postcodes,
    read_whole,
    write_folder,
    write_zip,
)
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Problem, Refused
from app.services.directory.faults import MOST

GOOD = code_point_row("LS1 1BA", 429_157, 434_500)


def refused(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(Refused) as refusal:
        read_whole(path)
    assert all(problem.severity == "error" for problem in refusal.value.problems)
    return refusal.value.problems


def the_problem(path: Path) -> Problem:
    (problem,) = refused(path)
    return problem


def code_point(tmp_path: Path, *rows: tuple[object, ...], **documents: str) -> Path:
    return write_zip(tmp_path / "x.zip", code_point_parts(rows, **documents))


def onspd(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "ONSPD_NOV_2025_UK.csv"
    path.write_text(text, "utf-8", newline="")
    return path


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "D04"),
        (b"name,address\r\nA,B\r\n", "D01"),
        (b"hello", "D01"),
        ("pcds,doterm".encode("utf-16"), "D03"),
        (bytes(range(256)), "D03"),
        (b"PK\x03\x04 not the rest of a zip", "D05"),
        (b'"pcds,doterm,usertype', "D05"),
    ],
)
def test_what_is_no_directory_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "directory.csv"
    path.write_bytes(content)
    problem = the_problem(path)
    assert problem.code == code
    assert "directory.csv" in problem.message
    assert str(tmp_path) not in problem.message


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert the_problem(tmp_path / "nowhere.zip").message == "nowhere.zip: No such file or directory"


def test_an_empty_folder_and_an_empty_zip_are_refused(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert the_problem(tmp_path / "folder").code == "D04"
    assert the_problem(write_zip(tmp_path / "x.zip", {})).code == "D04"


def test_a_zip_of_something_else_says_what_would_be_read(tmp_path: Path) -> None:
    problem = the_problem(write_zip(tmp_path / "x.zip", {"holiday.jpg": b"\xff\xd8"}))
    assert problem.code == "D01"
    assert "Data/CSV/*.csv" in problem.message
    assert "pcds" in problem.message


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    path = code_point(tmp_path, GOOD)
    data = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + flags] |= 1
    path.write_bytes(data)
    assert the_problem(path).code == "D05"


def test_a_zip_with_a_byte_changed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in code_point_parts([GOOD]).items():
            archive.writestr(name, text)
    path.write_bytes(path.read_bytes().replace(b"434500", b"434501"))
    problem = the_problem(path)
    assert (problem.code, problem.message.split(":")[0]) == ("D05", "Data/CSV/ls.csv")


@given(st.lists(postcodes(), min_size=1, max_size=20, unique=True), st.data())
def test_a_zip_cut_anywhere_is_refused(wanted: list[str], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows = [code_point_row(postcode, 429_157, 434_500) for postcode in wanted]
        path = write_zip(Path(folder) / "x.zip", code_point_parts(rows))
        whole = path.read_bytes()
        path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
        assert all(problem.code in {"D01", "D04", "D05"} for problem in refused(path))


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (GOOD[:-1], "D06", "file"),
        ((*GOOD, ""), "D06", "file"),
        (("LS1 1B", *GOOD[1:]), "D07", "postcode"),
        (("", *GOOD[1:]), "D07", "postcode"),
        (("ls1 1bb", *GOOD[1:]), "D07", "postcode"),
        (code_point_row("LS1 1BB", "x", 1), "D08", "eastings"),
        (code_point_row("LS1 1BB", 1, ""), "D08", "eastings"),
        (code_point_row("LS1 1BB", -1, 1), "D08", "eastings"),
        (code_point_row("LS1 1BB", 1, 1_300_001), "D08", "eastings"),
        (GOOD, "D09", "postcode"),
    ],
)
def test_a_bad_row_of_code_point_is_named_by_file_line_and_column(
    tmp_path: Path, row: tuple[object, ...], code: str, column: str
) -> None:
    text = csv_text([GOOD, code_point_row("LS1 1AA", 0, 0, 90), row])
    parts = {"Data/CSV/ls.csv": text}
    problem = the_problem(write_folder(tmp_path / "x", parts))
    assert (problem.code, problem.line, problem.field) == (code, 3, column)
    assert problem.message.startswith("Data/CSV/ls.csv, line 3")


def test_text_in_another_encoding_is_named_by_its_line(tmp_path: Path) -> None:
    many = code_point_parts([code_point_row(f"LS{n} 1BA", 429_157, 434_500) for n in range(1, 99)])
    folder = write_folder(tmp_path / "x", many)
    with (folder / "Data/CSV/ls.csv").open("ab") as file:
        file.write("LS9 9ZZ,10,1,1,Môn\n".encode("latin-1"))
    problem = the_problem(folder)
    assert (problem.code, problem.line) == ("D03", 99)


def test_a_file_cut_in_a_folder_is_refused_where_the_metadata_counts_its_rows(tmp_path: Path) -> None:
    problem = the_problem(code_point(tmp_path, GOOD, metadata="PRODUCT: X\n      LS\t2\n       M\t7\n"))
    assert problem.code == "D10"
    assert "area LS has 1 postcodes, and 2 are stated here" in problem.message


def test_a_fault_in_a_row_is_not_told_as_a_missing_row_too(tmp_path: Path) -> None:
    path = code_point(tmp_path, GOOD, ("LS1 1B", *GOOD[1:]), metadata="      LS\t2\n")
    assert the_problem(path).code == "D07"


def test_a_header_file_without_a_column_is_refused(tmp_path: Path) -> None:
    headers = CODE_POINT_HEADERS.replace("EA,", "XX,")
    path = code_point(tmp_path, GOOD, **{"Code-Point_Open_Column_Headers": headers})
    assert (the_problem(path).code, the_problem(path).field) == ("D02", "eastings")


def test_code_point_without_a_row_is_refused(tmp_path: Path) -> None:
    assert the_problem(write_zip(tmp_path / "x.zip", {"Data/CSV/ls.csv": ""})).code == "D04"


@pytest.mark.parametrize("column", ["pcds", "doterm", "usertype", "oseast1m", "osnrth1m"])
def test_a_column_of_onspd_that_is_missing_is_named(tmp_path: Path, column: str) -> None:
    gone = {"pcd", "pcd2", "pcds"} if column == "pcds" else {column}
    columns = tuple("other" if name in gone else name for name in ONSPD_OLD)
    problem = the_problem(onspd(tmp_path, onspd_text([onspd_row("LS1 1BA")], columns)))
    assert (problem.code, problem.field, problem.line) == ("D02", column, 1)


@pytest.mark.parametrize(
    ("values", "code", "column"),
    [
        ({"pcds": "LS1 1B"}, "D07", "pcds"),
        ({"doterm": "2019"}, "D08", "doterm"),
        ({"doterm": "201913"}, "D08", "doterm"),
        ({"dointr": "x"}, "D08", "dointr"),
        ({"usertype": "2"}, "D08", "usertype"),
        ({"lat": "x", "long": "1"}, "D08", "oseast1m"),
        ({"lat": "nan", "long": "1"}, "D08", "oseast1m"),
        ({"lat": "-1.55", "long": "53.8"}, "D08", "oseast1m"),
        ({"oseast1m": "x", "osnrth1m": "1"}, "D08", "oseast1m"),
        ({"oseast1m": "429157"}, "D08", "oseast1m"),
        ({"pcds": "BT1 1AA", "oseast1m": "429157", "osnrth1m": "434500"}, "D08", "oseast1m"),
        ({"pcds": "LS1 1AA"}, "D09", "pcds"),
    ],
)
def test_a_bad_row_of_onspd_is_named(tmp_path: Path, values: dict[str, object], code: str, column: str) -> None:
    rows = [
        onspd_row("LS1 1AA"),
        onspd_row("LS1 1BA", **values) if "pcds" not in values else onspd_row("LS1 1BA") | values,
    ]
    problem = the_problem(onspd(tmp_path, onspd_text(rows)))
    assert (problem.code, problem.line, problem.field) == (code, 3, column)


def test_onspd_with_a_row_too_short_or_none_at_all_is_refused(tmp_path: Path) -> None:
    text = onspd_text([onspd_row("LS1 1AA")])
    assert the_problem(onspd(tmp_path, text + f'"{padded("LS1 1AB")}"\r\n')).code == "D06"
    assert the_problem(onspd(tmp_path, onspd_text([]))).code == "D04"


def test_two_national_files_in_one_zip_are_refused(tmp_path: Path) -> None:
    text = onspd_text([onspd_row("LS1 1AA")])
    problem = the_problem(write_zip(tmp_path / "x.zip", {"a_AUG_2025.csv": text, "b_NOV_2025.csv": text}))
    assert problem.code == "D01"
    assert "a_AUG_2025.csv, b_NOV_2025.csv" in problem.message


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        ("LS1 1BB,53.8,-1.5,,2", "D08", "large_user"),
        ("LS1 1BB,53.8,-1.5,2019-02-30,0", "D08", "terminated"),
        ("LS1 1BB,53.8,,,0", "D08", "latitude"),
        ("LS1 1BB,53.8,-1.5,0", "D06", "file"),
        ("LS1,53.8,-1.5,,0", "D07", "postcode"),
    ],
)
def test_a_bad_row_of_ones_own_directory_is_named(tmp_path: Path, line: str, code: str, column: str) -> None:
    path = tmp_path / "own.csv"
    path.write_text(f"postcode,latitude,longitude,terminated,large_user\nLS1 1BA,53.8,-1.5,,0\n{line}\n", "utf-8")
    problem = the_problem(path)
    assert (problem.code, problem.line, problem.field) == (code, 3, column)


def test_columns_of_ones_own_directory_that_lack_or_are_unknown_are_all_named(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("postcode,latitude,colour\nLS1 1BA,53.8,red\n", "utf-8")
    assert {problem.field for problem in refused(path)} == {"longitude", "colour"}


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    rows = [GOOD, ("M1 1A", *GOOD[1:]), code_point_row("M1 1AE", "x", "y"), code_point_row("ZE1 0AA", 1, 1, 10)]
    folder = write_folder(tmp_path / "x", code_point_parts(rows))
    with (folder / "Data/CSV/ze.csv").open("ab") as file:
        file.write(b'"ZE1 0')
    assert [problem.code for problem in refused(folder)] == ["D07", "D08", "D05"]


def test_reading_stops_at_the_hundredth_fault_and_says_so(tmp_path: Path) -> None:
    problems = refused(code_point(tmp_path, *[("LS1 1B", *GOOD[1:])] * (3 * MOST)))
    assert len(problems) == MOST + 1
    assert (problems[-1].code, "there may be more" in problems[-1].message) == ("D10", True)


def test_a_temporary_folder_without_room_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("app.services.directory.spool.marshal.dumps", full)
    problem = the_problem(code_point(tmp_path, GOOD))
    assert (problem.code, "No space left on device" in problem.message) == ("D11", True)


def test_a_file_that_the_disk_does_not_give_back_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(path: Path) -> str:
        raise OSError(errno.EIO, "Input/output error", str(path))

    monkeypatch.setattr("app.services.directory.container.file_digest", broken)
    problem = the_problem(code_point(tmp_path, GOOD))
    assert (problem.code, problem.message) == ("D05", "x.zip: it cannot be read (Input/output error)")
