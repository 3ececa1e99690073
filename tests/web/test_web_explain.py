"""A file explained in the console: every field, every fault where it stands; nothing is kept, whatever comes."""

import tempfile
from importlib.resources import files
from io import BytesIO

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from web_visitor import Visitor

from app.services.system import System
from app.web.raw_line import Stretch, stretches, visible

SAMPLES = files("samples") / "files"
DAT = next(path for path in SAMPLES.iterdir() if path.name.endswith(".DAT"))


def explained(visitor: Visitor, content: bytes, name: str = "", status: int = 200, **values: str) -> str:
    visitor.get("/ops/explain")
    upload = (BytesIO(content), name or "file.txt")
    return visitor.send("Explain it", status, file=upload, **values).text


def token(visitor: Visitor) -> str:
    if "Explain a file" not in visitor.page.text or not visitor.page.forms:
        visitor.get("/ops/explain")
    return next(dict(form.values)["csrf_token"] for form in visitor.page.forms)


def kept(system: System) -> object:
    """Everything that the installation keeps: rows of each table, and the files of the data folder."""
    folder = system.settings.data_dir
    with system.database.reading() as look:
        tables = look.session.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        # A session notes when it was used last: that is no part of any file.
        counts = {name: look.session.scalar(text(f'SELECT count(*) FROM "{name}"')) for name in tables}  # noqa: S608
    return counts, sorted(path.name for path in folder.rglob("*") if not path.name.startswith("eld.db"))


def test_every_field_is_named_and_a_sound_file_has_no_fault(lone_operator: Visitor) -> None:
    page = explained(lone_operator, DAT.read_bytes(), DAT.name)
    for words in ("DAT", DAT.name, "no fault", "Header", "Record 1", "Trailer", "telephone_no", "thoroughfare"):
        assert words in page
    assert "Not shown" not in page


def test_a_fault_is_pointed_at_in_its_line(lone_operator: Visitor) -> None:
    broken = DAT.read_bytes().replace(b"LS", b"L\x00", 1)
    page = explained(lone_operator, broken, DAT.name)
    assert "columns" in page
    assert "fault" in page
    marked = [element.text for element in lone_operator.page.all("mark")]
    assert marked
    assert "\x00" not in lone_operator.response.get_data(as_text=True)
    assert "␀" in page


def test_pasted_text_is_explained_and_its_line_ends_are_not_judged(lone_operator: Visitor) -> None:
    lone_operator.get("/ops/explain")
    page = lone_operator.send("Explain it", text=DAT.read_text("ascii").replace("\r\n", "\n"), kind="DAT")
    assert "no fault" in page.text
    assert "Record 1" in page.text


def test_one_of_the_two_is_asked_for(lone_operator: Visitor) -> None:
    lone_operator.get("/ops/explain")
    page = lone_operator.send("Explain it", 422)
    assert page.with_class("govuk-error-message") == ["Error: Choose a file, or paste its text"]
    lone_operator.get("/ops/explain")
    page = lone_operator.send("Explain it", 422, file=(BytesIO(b"x"), "x"), text="y")
    assert page.with_class("govuk-error-message") == ["Error: There is a file and pasted text: give one of the two"]


def test_of_a_long_file_the_first_the_faulty_and_the_last_are_shown(
    lone_operator: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.explaining.FIRST_SHOWN", 3)
    monkeypatch.setattr("app.services.explaining.FAULTY_SHOWN", 4)
    lines = DAT.read_bytes().split(b"\r\n")
    content = b"\r\n".join([lines[0], *[lines[1]] * 400, *[b"D" + b"?" * (len(lines[1]) - 1)] * 300, lines[-2], b""])
    page = explained(lone_operator, content, kind="DAT")
    shown = lone_operator.page.with_class("eld-record")
    assert len(shown) == 3 + 4 + 1
    assert "Every line was checked; not every one is shown." in page
    assert "eld explain FILE shows all" in " ".join(page.split())
    assert "Line 702" in shown[-1]


def test_what_is_too_large_is_refused(lone_operator: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.memory_uploads.IN_MEMORY", {"explain.show": 5_000})
    monkeypatch.setattr("app.web.memory_uploads.FORM_LIMIT", 5_000)
    explained(lone_operator, b"x" * 5_000)
    explained(lone_operator, b"x" * 20_000, status=413)


def test_nothing_touches_the_disk_and_nothing_is_kept(
    lone_operator: Visitor, lone_system: System, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def no_disk(*_: object, **__: object) -> None:
        raise AssertionError("a temporary file was made")

    before, parts = kept(lone_system), {"csrf_token": token(lone_operator), "kind": "", "profile": "eff-style-1"}
    content = b"x" * 700_000  # above what Werkzeug keeps in memory by itself
    body = b"".join(
        f'--B\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in parts.items()
    )
    body += b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.DAT"\r\n\r\n' + content + b"\r\n--B--\r\n"
    for name in ("TemporaryFile", "SpooledTemporaryFile", "NamedTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, no_disk)
    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", no_disk, raising=False)
    caplog.clear()
    answer = lone_operator.client.post("/ops/explain", data=body, content_type="multipart/form-data; boundary=B")
    assert "1 line," in lone_operator._take(answer, 200).text
    assert kept(lone_system) == before
    assert caplog.records == []


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    content=st.one_of(
        st.binary(max_size=3000),
        st.lists(st.tuples(st.integers(0, 2000), st.binary(min_size=1, max_size=3)), max_size=12),
    ),
    kind=st.sampled_from(["", "DAT", "FCO", "CAR", "EXT"]),
    profile=st.sampled_from(["eff-style-1", "csv-1"]),
    name=st.one_of(st.just(""), st.just(DAT.name), st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)),
)
@example(content=b"", kind="", profile="eff-style-1", name="")
@example(content=b"\x00\x1b[31m\r\n\xff", kind="DAT", profile="csv-1", name="<script>.DAT")
def test_whatever_comes_is_explained(
    lone_operator: Visitor, content: bytes | list[tuple[int, bytes]], kind: str, profile: str, name: str
) -> None:
    if isinstance(content, list):  # a real file with bytes put over it
        whole = bytearray(DAT.read_bytes())
        for at, piece in content:
            whole[at : at + len(piece)] = piece
        content = bytes(whole)
    upload = (BytesIO(content), name or "file.txt")
    answer = lone_operator.client.post(
        "/ops/explain",
        data={"csrf_token": token(lone_operator), "file": upload, "kind": kind, "profile": profile},
        content_type="multipart/form-data",
    )
    # A form's parser may find no file at all behind a strange name. The page is inspected by the visitor.
    assert answer.status_code in {200, 422}
    lone_operator._take(answer, answer.status_code)
    assert not {char for char in lone_operator.page.text if ord(char) < 32 and char not in "\n\t\r"}


@given(
    line=st.text(st.characters(max_codepoint=255), max_size=60),
    widths=st.lists(st.integers(0, 12), max_size=8),
    wrong=st.lists(st.tuples(st.integers(1, 70), st.integers(1, 70)), max_size=4),
)
def test_a_line_in_stretches_is_the_line(line: str, widths: list[int], wrong: list[tuple[int, int]]) -> None:
    fields, at = [], 1
    for width in widths:
        last = min(at + width - 1, len(line))
        fields.append((at, last))
        at = last + 2  # with a delimiter between
        if at > len(line):
            break
    found: list[Stretch] = stretches(line, fields, wrong)
    parts = [part for stretch in found for part in stretch.parts]
    beyond = any(last > len(line) for first, last in wrong if last >= first)
    assert "".join(text for text, _ in parts).removesuffix("¶" if beyond else "") == visible(line)
    marked = [mark for text, mark in parts for _ in text][: len(line)]
    assert marked == [any(a <= column <= b for a, b in wrong) for column in range(1, len(line) + 1)]
    places = [stretch.place for stretch in found if stretch.place is not None]
    assert places == list(range(len(fields)))
