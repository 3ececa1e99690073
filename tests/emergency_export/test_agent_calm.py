"""Whatever faults there were: the same seed gives the same, and once they stop every file has exactly its answers."""

from collections import Counter
from dataclasses import replace

import pytest
from agent_dat import Rehearsal, car_row, dat, data, name_of, number_of, ref_of
from hypothesis import given, settings
from hypothesis import strategies as st

from emergency_export.agent import Agent, Faults
from emergency_export.agent.faults import KINDS
from emergency_export.agent.sendings import plan
from emergency_export.faults import DamagedReply
from emergency_export.profile_loading import load_profile
from emergency_export.replies import read_car, read_fco

RECORDS = 4
SHARES = st.sampled_from([0.0, 0.0, 0.3, 0.7, 1.0])
FAULTS = st.builds(
    Faults,
    seed=st.integers(0, 10**9),
    late_steps=st.integers(1, 4),
    **{f"{kind}_share": SHARES for kind in KINDS},
)
PROFILE = load_profile("eff-style-1")


def night(sequence):
    """A file of new numbers, the last of them wrong."""
    rows = []
    for place in range(1, RECORDS + 1):
        wrong = {"postcode": "NOWHERE"} if place == RECORDS else {}
        number = number_of(10 * sequence + place)
        rows.append(data(place, ref=ref_of(10 * sequence + place), telephone_no=number, **wrong))
    return dat(sequence, rows)


def play(rehearsal, nights, steps_between):
    """Send each night's file, step and collect; the replies as they came, damaged ones apart."""
    whole, damaged = [], []
    for sequence in range(1, nights + 1):
        rehearsal.send(night(sequence), name_of(sequence))
        for _ in range(steps_between):
            step(rehearsal, whole, damaged)
    return whole, damaged


def step(rehearsal, whole, damaged):
    report = rehearsal.agent.step()
    for path in sorted((rehearsal.root / "inbox").iterdir()):
        content = path.read_bytes()
        path.unlink()
        try:
            read = read_fco if path.suffix == ".FCO" else read_car
            read(content, path.name, PROFILE)
        except DamagedReply:
            damaged.append((path.name, content))
        else:
            whole.append((path.name, content.decode("ascii")))
    return report


def rows_of(replies):
    cars = [text for name, text in replies if name.endswith(".CAR")]
    return [car_row(line) for text in cars for line in text.split("\r\n") if line[:1] == "R"]


def finals(replies):
    """How often each record was answered for good, and each file answered, by distinct documents."""
    codes = {(row["txn_ref"], row["response_code"]) for row in rows_of(replies)}
    said = {(reference, code) for reference, code in codes if code not in {"0013", "0018"}}
    files = {tuple(text.split("|")[1:5]) for name, text in replies if name.endswith(".FCO")}
    return Counter(reference for reference, _ in said if reference), Counter(file[0] for file in files), files


@settings(max_examples=40, deadline=None)
@given(faults=FAULTS, keep=st.booleans(), nights=st.integers(1, 3), between=st.integers(1, 3))
def test_after_calm_every_file_has_had_exactly_its_answers(tmp_path_factory, faults, keep, nights, between):
    rehearsal = Rehearsal(tmp_path_factory.mktemp("calm"), Agent, faults=faults, keep=keep)
    whole, damaged = play(rehearsal, nights, between)
    rehearsal.agent.calm()
    for _ in range(4):  # several answers to one file have one name, and wait for each other to be collected
        step(rehearsal, whole, damaged)
    assert rehearsal.agent.owed() == 0
    # What was lost, or refused for the sequence alone, is sent again byte-identical, as an operator would.
    for _ in range(2 * nights):
        for sequence in range(1, nights + 1):
            if not {file for file in finals(whole)[2] if file[0] == name_of(sequence) and file[3] != "SEQGAP"}:
                rehearsal.send(night(sequence), name_of(sequence))
        step(rehearsal, whole, damaged)
    assert rehearsal.agent.owed() == 0
    report = step(rehearsal, whole, damaged)
    assert (report.fcos, report.cars) == ((), ())

    answered, _, files = finals(whole)
    taken = {name for name, _, decision, _ in files if decision == "ACCEPTED"}
    for sequence in range(1, nights + 1):
        name = name_of(sequence)
        decided = {file[2:] for file in files if file[0] == name and file[3] != "SEQGAP"}
        assert len(decided) == 1, "one decision on a file, beside the gaps"
        references = [ref_of(10 * sequence + place) for place in range(1, RECORDS + 1)]
        assert [answered[each] for each in references] == [int(name in taken)] * RECORDS
    live = {row["txn_ref"] for row in rows_of(whole) if row["response_code"] == "0037"}
    assert {record["txn_ref"] for record in rehearsal.agent.records()} == live


@settings(max_examples=20, deadline=None)
@given(faults=FAULTS, nights=st.integers(1, 3))
def test_the_same_seed_gives_the_same_whatever_the_clock(tmp_path_factory, faults, nights):
    found = []
    faults = replace(faults, damage_share=0.0)  # half a stamp cannot be told from half another
    for hours in (0, 5):
        rehearsal = Rehearsal(tmp_path_factory.mktemp("seed"), Agent, faults=faults)
        rehearsal.later(hours=hours)
        played = play(rehearsal, nights, 3)
        stamps = ("20270301023000", "20270301073000")
        found.append(
            [[(name, str(text).replace(stamps[hours > 0], "STAMP")) for name, text in part] for part in played]
        )
        found[-1].append(list(rehearsal.agent.records()))
    assert found[0] == found[1]


@pytest.mark.parametrize("name", ["eff-style-1", "csv-1"])
@settings(max_examples=100, deadline=None)
@given(share=st.floats(0, 1, exclude_max=True), cut=st.booleans())
def test_damage_is_always_to_be_seen(sample_replies, name, share, cut):
    from emergency_export.agent import damage  # noqa: PLC0415  beside what reads it

    for reply, content in sample_replies[name].items():
        spoilt = (damage.cut if cut else damage.flip)(content, share)
        read = read_fco if ".fco" in reply.lower() else read_car
        with pytest.raises(DamagedReply):
            read(spoilt, reply, load_profile(name))


@pytest.fixture(scope="module")
def sample_replies(tmp_path_factory):
    """An FCO and a CAR of each profile, as the agent writes them."""
    found = {}
    for name in ("eff-style-1", "csv-1"):
        root = tmp_path_factory.mktemp(name)
        found[name] = replies_of(root, load_profile(name))
    return found


def replies_of(root, profile):
    from datetime import UTC, date, datetime  # noqa: PLC0415

    from emergency_export.file import DataRow, FileFacts, render_file  # noqa: PLC0415

    at = datetime(2027, 6, 1, 2, 30, tzinfo=UTC)
    agent = Agent(root / "agent.db", root, "999", clock=lambda: at, profile=profile.name)
    dat_name = profile.file_name("999", at.date(), 1)
    row = DataRow(
        txn_ref="999/999/000000000001",
        command="C",
        telephone_no="01632960001",
        effective_date=date(2027, 6, 1),
        parent_cupid="999",
        child_cupid="999",
    )
    content = b"".join(render_file(profile, FileFacts("999", 1, at, "D", "T", dat_name), [row]))
    (root / "outbox" / dat_name).write_bytes(content)
    report = agent.step()
    return {name: (root / "inbox" / name).read_bytes() for name in (*report.fcos, *report.cars)}


@pytest.mark.parametrize("seed", range(20))
def test_each_form_of_damage_is_set_aside_whole(tmp_path, seed):
    faults = Faults(seed, damage_share=1)
    whole, damaged = play(Rehearsal(tmp_path, Agent, faults=faults), 1, 1)
    assert (whole, sorted(name for name, _ in damaged)) == ([], ["BT199901032701.CAR", "BT199901032701.FCO"])


def test_the_seeds_have_every_form_of_damage():
    plans = [plan(Faults(seed, damage_share=1), "CAR", "000001/0/CAR") for seed in range(20)]
    forms = {sending.form for each in plans for sending in each.own}
    assert forms == {"whole", "cut", "flipped", "miscounted"}
