"""`eld explain` on a machine with nothing but the program: no settings, no database, nothing kept."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_hand import SAMPLES, Eld, an_eld

import app.cli.explain
from emergency_export.profile_loading import load_profile

FILES = SAMPLES / "files"
KINDS = {"DAT": "DAT", "EXT": "EXT", "FCO": "FCO", "CAR": "CAR"}
DAT = FILES / "BT199924112601.DAT"
CSV_NAMES = {"csv": "DAT", "ext.csv": "EXT", "fco.csv": "FCO", "car.csv": "CAR"}


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Eld:
    """The program where nothing is set up and nothing is set."""
    for name in [name for name in os.environ if name.startswith("ELD_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return an_eld(tmp_path)


def damaged(bare: Eld, *changes: tuple[bytes, bytes], file: Path = DAT) -> Path:
    content = file.read_bytes()
    for old, new in changes:
        assert old in content
        content = content.replace(old, new, 1)
    return bare.write(file.name, content)


POSTCODE = (b"LS11 5DF", b"LSX1 5DF")


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_file_of_each_kind_ends_with_0(bare: Eld, kind: str) -> None:
    file = FILES / f"BT199924112601.{kind}"
    document = bare.json("explain", file)
    assert (document["kind"], document["profile"], document["problems"]) == (kind, "eff-style-1", [])
    assert [record["line"] for record in document["records"]] == list(range(1, len(document["records"]) + 1))
    done = bare("explain", file)
    assert done.stdout.startswith(f"{kind}, by the profile eff-style-1: EFF-style, not verified")
    assert done.stdout.endswith(": no fault\n")
    assert done.stderr == ""


@pytest.mark.parametrize("ending", CSV_NAMES)
def test_each_kind_is_read_by_another_profile(bare: Eld, ending: str) -> None:
    document = bare.json("explain", FILES / f"999-241126-01.{ending}", "--profile", "csv-1")
    assert (document["kind"], document["profile"], document["problems"]) == (CSV_NAMES[ending], "csv-1", [])
    assert document["columns"] == {}


def test_the_document_names_every_field(bare: Eld) -> None:
    document = bare.json("explain", DAT)
    header, first, *_, trailer = document["records"]
    assert (header["type"], first["type"], trailer["type"]) == ("header", "data", "trailer")
    assert first["fields"]["telephone_no"] == "01632960001"
    assert first["fields"]["postcode"] == "LS11 5DF"
    assert len(first["fields"]) == 24
    assert first["meanings"]["command"] == "activate"
    assert document["columns"]["data"]["locality"] == [351, 380]
    assert trailer["meanings"]["checksum"] == "agrees: the bytes before give this"


def test_a_profile_is_taken_from_a_path_and_from_the_environment(bare: Eld, monkeypatch: pytest.MonkeyPatch) -> None:
    text = load_profile("eff-style-1").text.replace("BT1{cupid}", "XX{cupid}").replace("eff-style-1", "ours")
    path = bare.write("ours.toml", text.encode())
    document = bare.json("explain", DAT, "--profile", path, status=1)
    assert document["profile"] == "ours"
    assert ("F14", 1, "file_name") in {(p["code"], p["line"], p["field"]) for p in document["problems"]}
    monkeypatch.setenv("ELD_PROFILE", "csv-1")
    assert bare.json("explain", FILES / "999-241126-01.csv")["profile"] == "csv-1"
    monkeypatch.setenv("ELD_PROFILE", str(path))
    assert bare.json("explain", DAT, status=1)["profile"] == "ours"
    assert bare.json("explain", DAT, "--profile", "eff-style-1")["problems"] == []


def test_other_settings_may_be_wrong_or_missing(bare: Eld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELD_CUPID", "nonsense")
    monkeypatch.setenv("ELD_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    bare("config", status=1)
    assert "no fault" in bare("explain", DAT).stdout


def test_a_fault_is_said_in_the_document_and_on_stderr(bare: Eld) -> None:
    file = damaged(bare, POSTCODE)
    document = bare.json("explain", file, status=1)
    assert [(p["line"], p["record"], p["field"], p["code"], p["columns"]) for p in document["problems"]] == [
        (2, 1, "postcode", "F07", [381, 388]),
        (5, None, "checksum", "F16", [60, 75]),
    ]
    wanted = {"line", "field", "code", "severity", "message", "suggestion", "alternatives"}
    assert all(wanted <= set(problem) for problem in document["problems"])
    said = bare("explain", file, status=1).stderr.splitlines()
    assert said[0].startswith("F07 error (line 2, columns 381-388, postcode): postcode must look like ")
    assert said[1].startswith("F16 error (line 5, columns 60-75, checksum): checksum is ")
    assert len(said) == 2


def test_a_person_sees_a_caret_under_what_is_wrong(bare: Eld) -> None:
    lines = bare("explain", damaged(bare, POSTCODE), status=1).stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if "F07 error" in line)
    excerpt, carets = lines[at + 1], lines[at + 2]
    assert excerpt[carets.index("^") : carets.rindex("^") + 1] == "LSX1 5DF"
    assert excerpt.startswith("       365 |")
    assert lines[-1] == "5 lines, 3 records (A 1, C 1, M 1): 2 faults"


def test_a_table_is_aligned(bare: Eld) -> None:
    lines = bare("explain", DAT, "--record", 1).stdout.splitlines()
    table = lines[lines.index("line 2: data record 1") + 1 :][:24]
    assert "    381-388   postcode           LS11 5DF" in table
    assert "     29-29    command            A  (activate)" in table


def test_a_car_is_told_in_words(bare: Eld) -> None:
    shown = bare("explain", FILES / "BT199924112601.CAR").stdout
    assert "0101  (postcode not known; the transaction is refused; assumed by this profile)" in shown
    refused = damaged(bare, (b"ACCEPTED|", b"REJECTED|SEQGAP"), file=FILES / "BT199924112601.FCO")
    assert "SEQGAP  (a file before this one is missing at the agent)" in bare("explain", refused).stdout


def test_a_warning_is_said_and_ends_with_0(bare: Eld) -> None:
    file = damaged(bare, (b"0018ERROR", b"7777ERROR"), file=FILES / "BT199924112601.CAR")
    done = bare("explain", file)
    assert done.stderr.startswith("X04 warning (line 5, columns 38-41, response_code): ")
    assert done.stdout.endswith(": no fault, 1 warning\n")


def test_an_fco_is_one_record(bare: Eld) -> None:
    lines = bare("explain", FILES / "BT199924112601.FCO", "--record", 1).stdout.splitlines()
    assert "line 1: answer for a file" in lines
    assert lines[-1] == "1 line, 1 record: no fault"


def test_stdin_is_read(bare: Eld) -> None:
    assert bare.json("explain", DAT) == json.loads(
        bare("explain", "-", "--json", stdin=DAT.read_bytes().decode()).stdout
    )
    assert bare("explain", "-", stdin="Dear all,\n", status=1).stderr.startswith("X01 error (line 1): what kind")


def test_what_cannot_be_told_is_a_document_too(bare: Eld) -> None:
    document = bare.json("explain", bare.write("letter.txt", b"Dear all,\r\n"), status=1)
    assert (document["kind"], document["records"]) == (None, [])
    (problem,) = document["problems"]
    assert (problem["code"], problem["alternatives"]) == ("X01", ["DAT", "EXT", "FCO", "CAR"])
    document = bare.json("explain", bare.write("letter.txt", b"Dear all,\r\n"), "--kind", "fco", status=1)
    assert document["kind"] == "FCO"
    done = bare("explain", FILES / "999-241126-01.csv", status=1)
    assert "it reads as a DAT of the profile csv-1" in done.stderr


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ((), [1, 2, 3, 4, 5]),
        (("--record", 2), [3]),
        (("--first", 2), [3, 4]),
        (("--last", 2), [2, 3]),
        (("--first", 2, "--last", 2), [3]),
        (("--only-faults",), [2, 5]),
        (("--only-faults", "--last", 3), [2]),
        (("--record", 9), []),
    ],
)
def test_a_part_is_shown_and_all_is_checked(bare: Eld, options: tuple[object, ...], shown: list[int]) -> None:
    file = damaged(bare, POSTCODE)
    document = bare.json("explain", file, *options, status=1)
    assert [record["line"] for record in document["records"]] == shown
    assert len(document["problems"]) == 2
    lines = bare("explain", file, *options, status=1).stdout.splitlines()
    assert [int(line.split()[1].rstrip(":")) for line in lines if line.startswith("line ")] == shown


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        ["no-such-file.DAT"],
        ["."],
        [str(DAT), "--profile", "eff-style-9"],
        [str(DAT), "--kind", "PDF"],
        [str(DAT), "--record", "0"],
        [str(DAT), "--record", "1", "--first", "1"],
        [str(DAT), "--first", "3", "--last", "2"],
    ],
)
def test_wrong_usage_ends_with_2(bare: Eld, wrong: list[str]) -> None:
    done = bare("explain", *wrong, status=2)
    assert done.stdout == ""
    assert "Error" in done.stderr


def test_a_faulty_profile_is_no_wrong_usage(bare: Eld, monkeypatch: pytest.MonkeyPatch) -> None:
    done = bare("explain", DAT, "--profile", bare.write("half.toml", b'name = "half"\n'), status=1)
    assert done.stderr.startswith("E10 error (file): is missing\n")
    monkeypatch.setenv("ELD_PROFILE", "eff-style-9")
    document = bare.json("explain", DAT, status=1)
    assert (document["records"], document["problems"][0]["code"]) == ([], "E10")


def test_a_machine_that_can_read_no_further_is_told(bare: Eld, monkeypatch: pytest.MonkeyPatch) -> None:
    real = app.cli.explain.explain_file

    def breaks(*given: object) -> object:
        explanation = real(*given)  # type: ignore[arg-type]
        records = explanation.records

        def some():
            yield from list(records())[:2]
            raise OSError(5, "Input/output error", str(DAT))

        monkeypatch.setattr(explanation, "records", some)
        return explanation

    monkeypatch.setattr(app.cli.explain, "explain_file", breaks)
    document = bare.json("explain", DAT, status=1)
    assert [record["line"] for record in document["records"]] == [1, 2]
    assert [problem["code"] for problem in document["problems"]] == ["E12"]


def test_values_go_to_stdout_alone_and_nothing_is_kept(bare: Eld) -> None:
    file = damaged(bare, POSTCODE, (b"TESTERTON", b"testerton"), (b"BRACKENFOLD", b"BR\xc4CKENFOLD"))
    before = sorted(bare.data_dir.iterdir())
    done = bare("explain", file, status=1)
    assert "testerton" in done.stdout
    for value in ("testerton", "CKENFOLD", "01632960001", "SWEET STREET", "LSX1"):
        assert value not in done.stderr, value
    assert sorted(bare.data_dir.iterdir()) == before


def test_what_is_wrong_throughout_is_bounded_on_stderr(bare: Eld) -> None:
    done = bare("explain", bare.write("BT199924112601.DAT", b"x\r\n" * 1500), "--last", 1, status=1)
    said = done.stderr.splitlines()
    assert len(said) == 1001
    assert said[-1] == "and 502 more, not said here: the listing shows each under its record"
    document = bare.json("explain", "BT199924112601.DAT", "--last", 1, status=1)
    assert (len(document["problems"]), document["problems_left_out"]) == (1000, 502)


def test_what_could_steer_a_terminal_is_escaped(bare: Eld) -> None:
    shown = bare("explain", damaged(bare, (b"UNIT 7", b"\x1b[31mU")), status=1).stdout
    assert "\x1b" not in shown
    assert "\\x1b[31mU" in shown


def test_the_installed_program_needs_nothing_else(tmp_path: Path) -> None:
    code = (
        "import sys; from app.cli import build\n"
        f"try: build(lambda s: None, lambda s: None)(['explain', {str(DAT)!r}, '--last', '1'])\n"
        "except SystemExit as end: print(end.code, sorted({'sqlalchemy', 'flask', 'app.settings', 'app.services'}"
        " & set(sys.modules)))"
    )
    environ = {"PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout.splitlines()[-1], done.stderr) == ("0 []", "")
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_is_read_and_an_ascii_terminal_is_no_trouble(tmp_path: Path) -> None:
    content = DAT.read_bytes().replace(b"TESTERTON", b"TESTERT\xd4N")
    program = Path(sys.executable).with_name("eld")
    done = subprocess.run(
        [program, "explain", "/dev/stdin"],
        input=content,
        env={"PYTHONIOENCODING": "ascii"},
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert b"TESTERT\\xd4N" in done.stdout
    assert done.stderr.splitlines()[-2].startswith(b"F03 error (line 4, columns 106-155, name): ")
