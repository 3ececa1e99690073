"""The two readings of the specification meet: what this side writes the agent takes, what it answers is understood."""

from hashlib import sha256

import pytest
from export_samples import ACTIVATE, AT, CEASE, CSV, EFF, MODIFY, facts, rendered
from test_export_pipeline import MemoryLedger

from emergency_export.agent import Agent
from emergency_export.file import read_file, verify_file
from emergency_export.pipeline import deliver_files
from emergency_export.profiles import FileKind
from emergency_export.replies import read_car, read_fco
from emergency_export.transport import FolderTransport

CEASE_IT = CEASE._replace(telephone_no="01632960001", txn_ref="999/999/000000000104", child_cupid="999")


@pytest.mark.parametrize("profile", [EFF, CSV], ids=lambda profile: profile.name)
def test_two_nights_there_and_back(profile, tmp_path):
    root, ledger = tmp_path / "exchange", MemoryLedger()
    transport = FolderTransport(root)
    transport.prepare()
    agent = Agent(tmp_path / "agent.db", root, "999", profile=profile.name, clock=lambda: AT)
    answers = []
    for nn, rows in ((1, (ACTIVATE, MODIFY)), (2, (CEASE_IT,))):
        ledger.fix(profile, rows, nn, nn)
        deliver_files(ledger, transport, tmp_path)
        agent.step()
        answers += collect(transport, profile, tmp_path)
    dat = [facts(profile, nn=nn).file_name for nn in (1, 2)]
    assert answers == [
        (dat[0], True, 2),
        ("0037", "A", True),
        ("0104", "M", True),
        (dat[1], True, 1),
        ("0038", "C", True),
    ]
    assert transport.list_replies() == ()


def collect(transport, profile, tmp_path):
    found = []
    for name in transport.list_replies():
        path = tmp_path / name
        digest = transport.fetch(name, path)
        assert digest == sha256(path.read_bytes()).hexdigest()
        if profile.kind_of(name) is FileKind.FCO:
            fco = read_fco(path, name, profile)
            found.append((fco.file_name, fco.accepted, fco.received_count))
        else:
            assert profile.kind_of(name) is FileKind.CAR
            rows = read_car(path, name, profile).rows()
            found += [(row.response_code, row.command, row.final) for row in rows]
        transport.archive(name)
    return found


@pytest.mark.parametrize("profile", [EFF, CSV], ids=lambda profile: profile.name)
def test_the_agents_extract_is_read(profile, tmp_path):
    root, ledger = tmp_path / "exchange", MemoryLedger()
    transport = FolderTransport(root)
    transport.prepare()
    agent = Agent(tmp_path / "agent.db", root, "999", profile=profile.name, clock=lambda: AT)
    ledger.fix(profile, (ACTIVATE, CEASE), 1, 1)
    deliver_files(ledger, transport, tmp_path)
    agent.step()
    (part,) = agent.extract(tmp_path)
    assert verify_file(part, profile, name=part.name).faults == ()
    assert [row for _, row in read_file(part, profile)] == [ACTIVATE._replace(command="")]
    assert rendered(profile, (ACTIVATE, CEASE)) == (root / "outbox" / facts(profile).file_name).read_bytes()
