"""Two readings of one interface: what the writer writes the agent takes, and what it answers is understood."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emergency_export.agent import Agent
from emergency_export.file import DataRow, FileFacts, check_row, render_file, verify_file
from emergency_export.profile_loading import load_profile
from emergency_export.profiles import FileKind
from emergency_export.replies import read_car, read_fco

AT = datetime(2027, 6, 1, 2, 30, tzinfo=UTC)
PROFILES = ["eff-style-1", "csv-1"]
PLACES = ["LS11 5DF", "M1 1AE", "EC1A 1BB", "W1A 1HQ", "CR2 6XH", "DN55 1PT"]


def texts(width, *, needed=False):
    letters = st.text(st.sampled_from("ABCXYZ0189 ,'\"&/-.()|"), min_size=int(needed), max_size=width)
    return letters.map(lambda text: text.strip() or ("X" if needed else ""))


@st.composite
def rows(draw):
    """A night of new numbers, every field drawn."""
    found = []
    for index in range(1, draw(st.integers(1, 6)) + 1):
        command = draw(st.sampled_from("AI"))
        address_id = draw(st.sampled_from(["", "100012345678", "7"]))
        found.append(
            DataRow(
                txn_ref=f"999/998/{index:012d}",
                command=command,
                telephone_no=f"01632{960000 + index}",
                effective_date=draw(st.dates(date(2020, 1, 1), date(2027, 6, 1))),
                parent_cupid="999",
                child_cupid="998",
                change_cupid=draw(st.sampled_from(["", "123"])) if command == "I" else "",
                line_type=draw(st.sampled_from(["", "DDI", "EXT", "FNET", "VOIP"])),
                title=draw(texts(20)),
                forename=draw(texts(20)),
                name=draw(texts(50, needed=True)),
                honours=draw(texts(30)),
                bus_suffix=draw(texts(50)),
                premises=draw(texts(60, needed=True)),
                thoroughfare=draw(texts(55, needed=True)),
                locality=draw(texts(30)),
                postcode=draw(st.sampled_from(PLACES)),
                retailer_id=draw(texts(6)),
                address_id=address_id,
                address_id_source=draw(st.sampled_from("UP")) if address_id else "",
                cross_ref=draw(texts(20)),
            )
        )
    return found


def night(root, profile, data, *, kind="D"):
    """Write a file into the outbox, let the agent take one step; the agent, the DAT's name, its content."""
    agent = Agent(root / "agent.db", root, "999", clock=lambda: AT, profile=profile.name)
    name = profile.file_name("999", AT.date(), 1)
    facts = FileFacts("999", 1, AT, kind, "T", name)
    content = b"".join(render_file(profile, facts, data))
    (root / "outbox" / name).write_bytes(content)
    return agent, name, agent.step()


def as_held(row):
    values = row._asdict() | {"effective_date": f"{row.effective_date:%Y%m%d}"}
    del values["command"]
    return values


@pytest.mark.parametrize("name", PROFILES)
@settings(max_examples=25, deadline=None)
@given(data=rows())
def test_what_is_written_is_held_and_what_is_answered_is_read(tmp_path_factory, name, data):
    profile, root = load_profile(name), tmp_path_factory.mktemp("night")
    data = [row for row in data if not check_row(profile, row)]
    agent, dat_name, report = night(root, profile, data)
    assert list(agent.records()) == [as_held(row) for row in data]

    (fco_name,) = report.fcos
    assert fco_name == profile.fco_name(dat_name)
    fco = read_fco(root / "inbox" / fco_name, fco_name, profile)
    assert (fco.file_name, fco.file_sequence, fco.accepted, fco.reason) == (dat_name, 1, True, "")
    assert (fco.received_count, fco.answered_at) == (len(data), AT)

    assert len(report.cars) == bool(data)
    for car_name in report.cars:
        assert profile.kind_of(car_name) is FileKind.CAR
        car = read_car(root / "inbox" / car_name, car_name, profile)
        said = [(row.txn_ref, row.telephone_no, row.command, row.response_code) for row in car.rows()]
        codes = {"A": "0037", "I": "0042"}
        assert said == [(row.txn_ref, row.telephone_no, row.command, codes[row.command]) for row in data]
        for row in car.rows():
            code = profile.response(row.response_code, row.command)
            assert (row.class_, row.final) == (code.class_, code.final)
            assert row.text.lower() == code.text.lower()

    (extract,) = agent.extract()
    found = verify_file(extract, profile, name=extract.name)
    assert (found.faults, found.record_count) == ((), len(data))


@pytest.mark.parametrize("name", PROFILES)
def test_an_empty_night_and_a_full_file_are_taken(tmp_path, name):
    profile = load_profile(name)
    for kind in "DF":
        _, _, report = night(tmp_path / kind, profile, [], kind=kind)
        assert report.rejected_files == ()
        assert report.cars == ()


@pytest.mark.parametrize("name", PROFILES)
def test_a_refusal_of_every_kind_is_read(tmp_path, name):
    profile = load_profile(name)
    agent = Agent(tmp_path / "agent.db", tmp_path, "999", clock=lambda: AT, profile=name)
    dat_name = profile.file_name("999", AT.date(), 1)
    (tmp_path / "outbox" / dat_name).write_bytes(b"no such file\n")
    (fco_name,) = agent.step().fcos
    fco = read_fco(tmp_path / "inbox" / fco_name, fco_name, profile)
    assert (fco.accepted, fco.file_sequence, fco.received_count) == (False, None, 0)


@pytest.mark.parametrize("name", PROFILES)
def test_what_the_agent_says_of_a_record_is_in_the_profiles_table(name):
    from emergency_export.agent.codes import CODES, SUCCESS  # noqa: PLC0415  beside what it is compared with

    table = load_profile(name).response_codes
    for code, row in CODES.items():
        assert (row.class_, row.final == "Y") == (table[code].class_, table[code].final)
    for command, code in SUCCESS.items():
        assert table[code].applies_to(command)
