"""Ofcom's tables of number blocks: read whole or not at all, and asked by longest prefix."""

import json
from pathlib import Path
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, insert, select
from stage import Stage

from app.db.locks import named_lock
from app.errors import Busy, NotAllowed, Refused
from app.models.audit import AuditEvent
from app.models.numbers import NumberBlock, NumberRange
from app.services.block_files import number_lengths
from app.services.block_loading import load_blocks
from app.services.blocks import Block, holder_of, holders_of, longest, ours, stretches
from app.services.locations.registering import check_location
from validators.columns import Location

OFCOM = Path(__file__).parents[3] / "shared" / "data" / "ofcom"
GEOGRAPHIC = "NMS Number Block: Number Block,Block Status,CP Name,Geographic Number Length,Allocation Date,Notes"
OTHER = "NMS Number Block: Number Block,Block Status,CP Name,Non Geo Number Length,Allocation Date"
S1 = f"""{GEOGRAPHIC}
1135 55,Allocated,Northern Voice Ltd,3+7,15/07/1994,
1135 56 0,Allocated,Our  Telecom Ltd,3+7,21/05/1997,
1135 56 1,Quarantined,Northern Voice Ltd,3+7,,
16977 2,Allocated,Northern Voice Ltd,5+4,,
1768 88,Allocated,Lakes Lines Ltd,Mixed 4+5 & 4+6,01/04/1998,
1768 89,Free,,,,
2071 23,Allocated,Our Child Ltd,2+8,02/02/2002,
"""
S8 = f"""{OTHER}
8001 11 1,Allocated,Childcare Lines Ltd,7 digit numbers,26/01/2004
8081 57,Allocated(Closed Range),Our Telecom Ltd,10 digit numbers,
"""


def table(stage: Stage, text: str, name: str = "S1.csv") -> Path:
    path = stage.root / name
    path.write_bytes(text.replace("\n", "\r\n").encode())
    return path


def details(stage: Stage) -> list[dict[str, object]]:
    return [json.loads(event.detail) for event in stage.all(AuditEvent) if event.action == "blocks_loaded"]


def rows(stage: Stage) -> int:
    with stage.system.database.reading() as look:
        return look.session.scalar(select(func.count()).select_from(NumberBlock)) or 0


def block_of(stage: Stage, number: str) -> str:
    with stage.system.database.reading() as look:
        block = holder_of(look, number)
    return block.holder if block else ""


@pytest.fixture
def loaded(stage: Stage) -> Stage:
    load_blocks(stage.system, stage.cli, [table(stage, S1), table(stage, S8, "S8.csv")])
    return stage


def test_blocks_are_loaded_with_one_entry_for_each_series(stage: Stage) -> None:
    told = []
    report = load_blocks(stage.system, stage.cli, [table(stage, S1)], lambda *step: told.append(step))
    assert report.as_dict() == {"rows": 7, "series": {"1": 6, "2": 1}, "before": {}}
    assert [(detail["series"], detail["rows"]) for detail in details(stage)] == [("1", 6), ("2", 1)]
    again = load_blocks(stage.system, stage.cli, [table(stage, S1)])
    assert again.before == {"1": 6, "2": 1}
    first, _, third, _ = details(stage)
    assert first["digest"] == third["digest"]


def test_a_table_replaces_its_own_series_alone(loaded: Stage) -> None:
    fewer = "\n".join(S8.splitlines()[:2]) + "\n"
    load_blocks(loaded.system, loaded.cli, [table(loaded, fewer, "S8.csv")])
    assert rows(loaded) == 8
    assert block_of(loaded, "+448081570000") == ""
    assert block_of(loaded, "+441135550000") == "Northern Voice Ltd"


def test_the_longest_prefix_that_can_have_the_number_decides_and_must_be_allocated(loaded: Stage) -> None:
    assert block_of(loaded, "+441135559999") == "Northern Voice Ltd"
    assert block_of(loaded, "+441135560000") == "Our  Telecom Ltd"
    assert block_of(loaded, "+441135561000") == ""  # quarantined
    assert block_of(loaded, "+441697722200") == ""  # a digit too many for 5+4
    assert block_of(loaded, "+44169772220") == "Northern Voice Ltd"
    assert block_of(loaded, "+441768880000") == block_of(loaded, "+44176888000") == "Lakes Lines Ltd"
    assert block_of(loaded, "+448081570001") == "Our Telecom Ltd"
    assert block_of(loaded, "+448001111") == "Childcare Lines Ltd"
    assert block_of(loaded, "+442079460000") == ""


def test_a_batch_is_one_question(loaded: Stage) -> None:
    numbers = [f"+44113556{last:04d}" for last in range(1000)] + ["+442071230001"]
    with loaded.system.database.reading() as look:
        found = holders_of(look, numbers)
    assert len(found) == 1001
    assert {block.holder for block in found.values()} == {"Our  Telecom Ltd", "Our Child Ltd"}
    assert holders_of(look, []) == {}


@pytest.mark.parametrize(
    ("row", "code", "line"),
    [
        ("", "O09", None),
        ("1135 55", "O03", 2),
        ("0113 55,Allocated,X,3+7,,", "O04", 2),
        ("1,Allocated,X,3+7,,", "O04", 2),
        ("\u0661135,Allocated,X,3+7,,", "O04", 2),
        ("11355512345,Allocated,X,3+7,,", "O04", 2),
        ("1135 55,Allocated,X,about ten,,", "O05", 2),
        ("1135 55,Allocated,X,4+8,,", "O05", 2),
        ("1135 55,Allocated,X,2+3,,", "O05", 2),
        ("1135 55,Allocated,X,,,", "O05", 2),
        ("1135 55,Allocated,X,3+7,31/02/2001,", "O06", 2),
        ("1135 55,Allocated,X,3+7,2001-02-03,", "O06", 2),
        ("1135 55,,X,3+7,,", "O10", 2),
        (f"1135 55,Allocated,{'X' * 201},3+7,,", "O10", 2),
        ("1135 55,Free,,3+7,,\n11 3555,Free,,3+7,,", "O07", 3),
        ("1135 55,Free,,3+7,,\n3000 00,Free,,3+7,,", "O08", 3),
        ('1135 55,"Free,,3+7,,', "O02", 2),
        ("1135 55,Fr\0ee,,3+7,,", "O02", 2),
    ],
)
def test_every_fault_names_its_file_and_line_and_undoes_all(
    sqlite_stage: Stage, row: str, code: str, line: int
) -> None:
    load_blocks(sqlite_stage.system, sqlite_stage.cli, [table(sqlite_stage, S8, "S8.csv")])
    good, bad = (
        table(sqlite_stage, S8.replace("57", "58"), "S8.csv"),
        table(sqlite_stage, f"{GEOGRAPHIC}\n{row}\n"),
    )
    with pytest.raises(Refused) as refused:
        load_blocks(sqlite_stage.system, sqlite_stage.cli, [good, bad])
    assert [(problem.code, problem.line) for problem in refused.value.problems] == [(code, line)]
    assert refused.value.problems[0].message.startswith("S1.csv")
    assert block_of(sqlite_stage, "+448081570001") == "Our Telecom Ltd"
    assert sqlite_stage.events().count("blocks_loaded") == 1


def test_faults_of_all_files_are_told_at_once(sqlite_stage: Stage) -> None:
    one = table(sqlite_stage, f"{GEOGRAPHIC}\nx,,,z,q,\n1135 55,Free,,3+7,,\n")
    other = table(sqlite_stage, S8.replace("26/01/2004", "soon"), "S8.csv")
    twice = table(sqlite_stage, f"{GEOGRAPHIC}\n1135 55,Free,,3+7,,\n", "S1b.csv")
    with pytest.raises(Refused) as refused:
        load_blocks(sqlite_stage.system, sqlite_stage.cli, [one, other, twice])
    assert [problem.code for problem in refused.value.problems] == ["O04", "O05", "O10", "O06", "O06", "O07"]
    assert "S1.csv, line 3" in refused.value.problems[-1].message
    assert rows(sqlite_stage) == 0


@pytest.mark.parametrize("content", [b"", b"number,name\r\n1,2\r\n", b"\xff\xfe", b"x" * 20_000])
def test_what_is_no_table_is_refused(sqlite_stage: Stage, content: bytes) -> None:
    path = sqlite_stage.root / "S1.csv"
    path.write_bytes(content)
    with pytest.raises(Refused) as refused:
        load_blocks(sqlite_stage.system, sqlite_stage.cli, [path])
    assert {problem.code for problem in refused.value.problems} <= {"O01", "O02"}


def test_who_may_load_and_one_at_a_time(stage: Stage) -> None:
    path = table(stage, S1)
    with pytest.raises(NotAllowed):
        load_blocks(stage.system, stage.customer, [path])
    with named_lock(stage.system.database, "number-blocks"), pytest.raises(Busy):
        load_blocks(stage.system, stage.cli, [path])
    assert rows(stage) == 0


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("10 digit numbers", (10,)), ("9 digit numbers", (9,)), ("7 digits", (7,)), ("4+6", (10,)), ("5+4", (9,)),
        ("2 + 8", (10,)), ("Mixed 4+5 & 4+6", (9, 10)), ("4+5/4+6", (9, 10)), ("4+6 or 4+5", (9, 10)),
        ("", None), ("ten", None), ("4+", None), ("4+5+6", None),
    ],
)  # fmt: skip
def test_lengths_as_the_tables_write_them(text: str, lengths: tuple[int, ...] | None) -> None:
    assert number_lengths(text) == lengths


digits = st.text("12", min_size=2, max_size=6)
blocks = st.dictionaries(
    digits, st.tuples(st.sets(st.integers(2, 8), max_size=2), st.sampled_from(["Allocated", "Free"])), max_size=12
)


@given(blocks, st.text("12", min_size=2, max_size=8))
def test_longest_prefix_agrees_with_looking_at_every_block(made: dict[str, tuple[set[int], str]], number: str) -> None:
    known = {
        prefix: Block(prefix, tuple(sorted(lengths)), status, "X", None) for prefix, (lengths, status) in made.items()
    }
    fitting = [
        block for block in known.values()
        if number.startswith(block.prefix) and (not block.digits or len(number) in block.digits)
    ]  # fmt: skip
    assert longest(number, known) == max(fitting, key=lambda block: len(block.prefix), default=None)


def test_stretches_agree_with_asking_for_each_number(sqlite_stage: Stage) -> None:
    """A block inside another, a free one inside that, and ends that lie within blocks."""
    made = {
        "11355": ("A", "Allocated"), "113556": ("B", "Allocated"), "11355612": ("C", "Free"),
        "113557123": ("D", "Allocated"), "1135571234": ("E", "Allocated"), "113558": ("F", "Quarantined"),
    }  # fmt: skip
    sqlite_stage.execute(
        insert(NumberBlock).values(
            [
                {"prefix": prefix, "series": "1", "digits": [10], "status": status, "holder": holder}
                for prefix, (holder, status) in made.items()
            ]
        )
    )
    for first, last in ((441135550000, 441135589999), (441135561100, 441135571240), (441135571234, 441135571234)):
        with sqlite_stage.system.database.reading() as look:
            found = stretches(look, first, last)
            asked = holders_of(look, [f"+{number}" for number in range(first, last + 1)])
        told = {f"+{at}": part.block for part in found for at in range(part.start, part.end + 1)}
        assert told == asked
        assert sum(part.end - part.start + 1 for part in found) == len(asked)


# what it means for the rules


def live(new_stage, **settings: str) -> Stage:
    return new_stage(
        ELD_DEMO="0", ELD_CUPID="123", ELD_ENVIRONMENT="test",
        ELD_RANGE_HOLDERS="our telecom  LTD=123; Our Child Ltd=124", **settings,
    )  # fmt: skip


def judged(stage: Stage, number: str):
    found = check_location(
        stage.system,
        stage.customer,
        stage.account,
        Location(
            number=number,
            name="Hartwell Ltd",
            premises="Pennant House",
            thoroughfare="Dewsbury Road",
            post_town="Leeds",
            postcode="LS11 5DF",
        ),
    )
    return found, [problem.code for problem in found.problems if problem.code.startswith("N0")]


def test_a_block_of_ours_is_a_range_of_ours_and_names_the_child(new_stage) -> None:
    stage = live(new_stage)
    assert judged(stage, "01135560000")[1] == ["N00"]
    load_blocks(stage.system, stage.cli, [table(stage, S1)])
    own, codes = judged(stage, "01135560000")
    assert (codes, own.sent["child_cupid"]) == ([], "123")
    child, codes = judged(stage, "020 7123 0001")
    assert (codes, child.sent["child_cupid"]) == ([], "124")
    other, codes = judged(stage, "0113 555 0001")
    assert codes == ["N04"]
    (told,) = [problem.message for problem in other.problems if problem.code == "N04"]
    assert "Ofcom gave this range to Northern Voice Ltd" in told
    nobody, codes = judged(stage, "0113 556 1001")
    assert codes == ["N04"]
    assert not any("Ofcom" in problem.message for problem in nobody.problems)
    with stage.system.database.reading() as look:
        assert ours(stage.system, holder_of(look, "+442071230001")) == "124"
        assert ours(stage.system, holder_of(look, "+441135550001")) is None


def test_the_range_that_was_loaded_says_its_child_first(new_stage) -> None:
    stage = live(new_stage)
    load_blocks(stage.system, stage.cli, [table(stage, S1)])
    for start, end, child in ((442071230000, 442071239999, "125"), (442071230000, 442071230099, "126")):
        stage.execute(insert(NumberRange).values(start=start, end=end, child_cupid=child, line_type=""))
    assert judged(stage, "020 7123 0001")[0].sent["child_cupid"] == "126"
    assert judged(stage, "020 7123 0101")[0].sent["child_cupid"] == "125"


@pytest.mark.real_data
def test_ofcoms_own_tables_load(sqlite_stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    paths = sorted(OFCOM.glob("S*.csv"))
    if not paths:
        pytest.skip("Ofcom's tables are not at ../shared/data/ofcom")
    began = monotonic()
    report = load_blocks(sqlite_stage.system, sqlite_stage.cli, paths)
    with capsys.disabled():
        print(f"\n{report.as_dict()['series']} in {monotonic() - began:.1f} s")  # noqa: T201  how many there were
    assert report.as_dict()["rows"] == sum(len(path.read_text("utf-8").splitlines()) - 1 for path in paths)
    assert block_of(sqlite_stage, "+448001111") == "BT"
