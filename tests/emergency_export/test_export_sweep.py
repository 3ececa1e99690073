"""Every call of ledger, transport and file system fails in turn, and again in the recovery: all of it, or nothing."""

from itertools import count, product
from pathlib import Path
from unittest.mock import patch

import pytest
from export_samples import ACTIVATE, CEASE, EFF, HELD, MODIFY, facts
from seams import ENDS, Counted, CountedDisk, Fault, Killed, Seams, counted_transport, told
from test_export_pipeline import MemoryLedger

from emergency_export import pipeline
from emergency_export.agent import Agent
from emergency_export.faults import ExportError, TransportDown
from emergency_export.memory_transport import MemoryTransport
from emergency_export.pipeline import OUTGOING, deliver_files, send_again
from emergency_export.transport import FolderTransport

AGAIN = ({"kind": "error"}, {"kind": "crash"}, {"kind": "crash", "after": True})


@pytest.fixture(scope="module")
def fixed() -> MemoryLedger:
    ledger = MemoryLedger()
    ledger.fix(EFF, (ACTIVATE, CEASE), 1, 1)
    ledger.fix(EFF, (MODIFY,), 2, 2)
    ledger.fix(EFF, HELD, 3, 3, kind="F")
    return ledger


class Way:
    """The way of some files out, with nothing behind it but memory."""

    def __init__(self, fixed: MemoryLedger, workdir: Path) -> None:
        self.ledger, self.transport, self.workdir = MemoryLedger(), MemoryTransport(), workdir
        self.ledger.files, self.ledger.kept = fixed.files, fixed.kept

    def go(self, seams: Seams) -> None:
        deliver_files(
            Counted(self.ledger, seams, "ledger", lambda _: TransportDown("the database is away")),
            counted_transport(self.transport, seams),
            self.workdir,
            disk=CountedDisk(seams),
        )

    def state(self):
        return self.transport.outbox, self.transport.deliveries, self.ledger.marked

    def broken(self, whole: dict[str, bytes]) -> str:
        """Say what is neither before nor after: a file is there whole or not at all, in sequence, noted, and once."""
        outbox, deliveries, marked = self.state()
        names = list(whole)
        if deliveries != names[: len(deliveries)] or any(outbox[name] != whole[name] for name in outbox):
            return f"delivered {deliveries}"
        if marked != deliveries[: len(marked)] or len(deliveries) - len(marked) > 1:
            return f"marked {marked}, delivered {deliveries}"
        if not set(deliveries) <= set(self.ledger.noted):
            return "left without a note"
        return ""

    def tidy(self) -> None:
        for left in (self.workdir / OUTGOING).glob("*"):
            left.unlink()


def endured(act, fault: Fault | None = None) -> Seams:
    seams = Seams(fault)
    try:
        act(seams)
    except (ExportError, OSError, Killed):
        assert seams.struck
    return seams


def test_a_night_in_memory_where_each_call_fails_and_each_of_its_recovery(fixed, memory):
    whole = Way(fixed, memory)
    calls = len(endured(whole.go).names)
    expected = whole.state()
    tried, broken = 0, []
    for at, how in product(range(1, calls + 1), ENDS):
        way, fault = Way(fixed, memory), Fault(at, **how)
        endured(way.go, fault)
        tried, wrong = tried + 1, way.broken(whole.transport.outbox)
        broken += [f"{fault}: {wrong}"] if wrong else []
        endured(way.go)
        broken += [f"{fault}: ends with {way.state()}"] if way.state() != expected else []
    wrong = told("a night in memory", tried, broken)
    assert not wrong, wrong
    tried, broken = 0, []
    for at, how in product(range(1, calls + 1), AGAIN):
        more = calls
        for second, then in product(range(1, calls + 1), AGAIN):
            if second > more:
                break
            way, faults = Way(fixed, memory), (Fault(at, **how), Fault(second, **then))
            endured(way.go, faults[0])
            recovery = endured(way.go, faults[1])
            if not recovery.struck:
                more = len(recovery.names)
            tried, wrong = tried + recovery.struck, way.broken(whole.transport.outbox)
            broken += [f"{faults}: {wrong}"] if wrong else []
            endured(way.go)
            broken += [f"{faults}: ends with {way.state()}"] if way.state() != expected else []
            way.tidy()
    wrong = told("the recovery of a night in memory", tried, broken)
    assert not wrong, wrong


def test_a_resend_in_memory_where_each_call_fails(fixed, memory):
    way = Way(fixed, memory)
    endured(way.go)
    whole, name = dict(way.transport.outbox), next(iter(way.transport.outbox))
    way.transport.deliveries.clear()

    def again(seams):
        with patch.object(pipeline, "Disk", lambda: CountedDisk(seams)):
            send_again(way.ledger, fixed.files[0], counted_transport(way.transport, seams), memory)

    calls, tried, broken = len(endured(again).names), 0, []
    for at, how in product(range(1, calls + 1), ENDS):
        way.transport.deliveries.clear()
        endured(again, Fault(at, **how))
        endured(again)
        tried += 1
        if way.transport.outbox != whole or way.transport.deliveries not in ([name], [name, name]):
            broken.append(f"{Fault(at, **how)}: {way.transport.deliveries}")
    wrong = told("a resend in memory", tried, broken)
    assert not wrong, wrong


class Talk:
    """Files out to the simulated agent, and its replies in, over a folder in memory."""

    def __init__(self, fixed: MemoryLedger, root: Path) -> None:
        self.ledger, self.root = MemoryLedger(), root
        self.ledger.files, self.ledger.kept = fixed.files[:2], fixed.kept
        FolderTransport(root).prepare()
        self.agent = Agent(root / "agent.db", root, "999", clock=lambda: EFF_MOMENT)

    def go(self, seams: Seams) -> None:
        disk = CountedDisk(seams)
        transport = counted_transport(FolderTransport(self.root, disk=disk), seams)
        deliver_files(self.ledger, transport, self.root / "work", disk=disk)
        self.agent.step()
        for name in transport.list_replies():
            transport.fetch(name, self.root / "fetched")
            transport.keep(name)
            transport.archive(name)

    def state(self):
        kept = {folder: _contents(self.root / folder) for folder in ("outbox", "inbox", "archive", "work/outgoing")}
        return kept, self.ledger.marked, list(self.agent.records())


EFF_MOMENT = facts(EFF).created_at


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_talk_with_the_agent_where_each_call_fails(fixed, memory):
    names = count(1)

    def talk():
        return Talk(fixed, memory / f"talk{next(names)}")

    whole = talk()
    calls = len(endured(whole.go).names)
    tried, broken = 0, []
    for at, how in product(range(1, calls + 1), AGAIN):
        torn, fault = talk(), Fault(at, **how)
        endured(torn.go, fault)
        before = _whole(torn.root)
        tried += 1
        if any(content != _whole(whole.root)[name] for name, content in before.items()):
            broken.append(f"{fault}: half a file is seen")
        endured(torn.go)
        if torn.state() != whole.state():
            broken.append(f"{fault}: another end")
    wrong = told("a talk with the agent", tried, broken)
    assert not wrong, wrong


def _whole(root: Path) -> dict[str, bytes]:
    """What whoever looks takes for whole, wherever it lies."""
    return {
        name: content
        for folder in ("outbox", "inbox", "archive")
        for name, content in _contents(root / folder).items()
        if not name.endswith(".part")
    }
