"""The full extract: read back by literal positions."""

import hashlib

import pytest
from agent_dat import WIDTH, Rehearsal, data, number_of, ref_of

from emergency_export.agent import Agent, AgentError


@pytest.fixture
def rehearsal(tmp_path):
    return Rehearsal(tmp_path, Agent)


def lines(path):
    content = path.read_bytes()
    assert content.endswith(b"\r\n")
    found = content.decode("ascii").split("\r\n")[:-1]
    assert {len(line) for line in found} == {WIDTH}
    assert found[-1][59:75] == hashlib.sha256(content[: -(WIDTH + 2)]).hexdigest()[:16].upper()
    return found


def test_an_extract_has_the_records_as_they_came_with_a_blank_command(rehearsal):
    sent = [data(n, telephone_no=number_of(n), premises=f"UNIT {n}") for n in (1, 2, 3)]
    rehearsal.submit(1, sent)
    rehearsal.submit(2, [data(1, "M", ref_of(9), telephone_no=number_of(2), premises="BARN")])
    (path,) = rehearsal.agent.extract()
    assert path == rehearsal.root / "inbox" / "BT199901032701.EXT"
    head, *rows, tail = lines(path)
    assert head.rstrip() == "HEFFL000199920270301023000000001FTBT199901032701.EXT"
    changed = data(2, " ", ref_of(9), telephone_no=number_of(2), premises="BARN")
    assert rows == [sent[0][:28] + " " + sent[0][29:], changed, sent[2][:28] + " " + sent[2][29:]]
    assert tail[:59] == "T9990000010000003" + "0" * 42


def test_an_extract_of_nothing_is_a_file_all_the_same(rehearsal):
    (path,) = rehearsal.agent.extract()
    head, tail = lines(path)
    assert head[0] + tail[0] == "HT"
    assert tail[10:17] == "0000000"


def test_an_extract_is_split_and_its_parts_follow_in_sequence(rehearsal, tmp_path):
    rehearsal.submit(1, [data(n, telephone_no=number_of(n)) for n in range(1, 6)])
    to = tmp_path / "elsewhere"
    to.mkdir()
    paths = rehearsal.agent.extract(to, max_records=2)
    assert [path.name for path in paths] == [f"BT1999010327{n:02d}.EXT" for n in (1, 2, 3)]
    parts = [lines(path) for path in paths]
    assert [part[0][26:32] for part in parts] == ["000001", "000002", "000003"]
    assert [[row[1:8] for row in part[1:-1]] for part in parts] == [
        ["0000001", "0000002"],
        ["0000001", "0000002"],
        ["0000001"],
    ]
    numbers = [row[29:44].rstrip() for part in parts for row in part[1:-1]]
    assert numbers == [number_of(n) for n in range(1, 6)]
    assert rehearsal.agent.extract(to)[0].name == "BT199901032704.EXT"


def test_an_extract_never_overwrites_what_is_not_its_own(rehearsal):
    (rehearsal.root / "inbox" / "BT199901032701.EXT").write_bytes(b"other")
    with pytest.raises(AgentError, match=r"BT199901032701\.EXT"):
        rehearsal.agent.extract()
    assert (rehearsal.root / "inbox" / "BT199901032701.EXT").read_bytes() == b"other"


def test_the_hundredth_extract_of_a_day_is_refused_by_name(rehearsal):
    rehearsal.submit(1, [data(n, telephone_no=number_of(n)) for n in range(1, 101)])
    rehearsal.collect()
    with pytest.raises(AgentError, match="99 EXT names of 01 March 2027"):
        rehearsal.agent.extract(max_records=1)
    assert rehearsal.collect() == {}
