"""Each call that a use case makes to transport, file system, journal or database fails in turn, on both databases.

Afterwards the state is the one before or the one after, and the next run, or the person who tries again, comes to the
same end as if nothing had happened. The suite takes the named steps, the commits and the transport's calls.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import product

import pytest
from fault_seams import suffer
from seams import ENDS, Fault, told
from stage import Stage, number
from stage_copies import PostgresCopies, SqliteCopies, Stages
from test_services_restored import lose_a_night, resume

from app.errors import Conflict
from app.services.casework.mending import fix_case
from app.services.exports.files import release_file, resend_file
from app.services.exports.night import deliver_urgent, run_export
from app.services.exports.urgent import correct_urgently
from app.services.locations.ceasing import cease_numbers
from app.services.replies.collecting import collect_replies
from app.services.trail import verify_trail
from app.services.transactions import abandon

ONE_OF_EACH = ({"kind": "error"}, {"kind": "crash"}, {"kind": "crash", "after": True})
STEP = "step "
NAMED = (STEP, "database commit", "transport ")


@dataclass(frozen=True)
class Case:
    """A use case: what stands before it, what it does, and what is done where it broke off, if not the same again.

    Of one that is a single unit, the state right after the fault is that before or that after.
    """

    prepare: Callable[[Stage, Stages], Stage]
    act: Callable[..., object]
    again: Callable[[Stage], object] | None = None
    single: bool = False

    def recover(self, stage: Stage) -> None:
        (self.again or self.act)(stage)


def a_night(stage, _):
    stage.live(1, 2, 3)
    stage.tomorrow()
    stage.register(1, premises="Unit 1")
    cease_numbers(stage.system, stage.customer, [number(2)])
    stage.register(4)
    stage.register(5, effective_date=stage.day(2))
    return stage


def all_replies(stage, _):
    """Every kind of reply lies in the inbox at once."""
    for place in range(1, 6):
        stage.register(place)
    stage.night()
    rows = stage.rows()
    stage.fco()
    codes = ("0037", "0103", "0101", "0018", "0999")
    answers = [stage.reply(row, code) for row, code in zip(rows, codes, strict=True)]
    stage.car(*answers, stage.reply(rows[0], "0037", txn_ref=""))
    name, content = stage.car_bytes(*answers)
    stage.put(name, content[:-40])
    stage.car(*answers[:3])
    stage.put("letter.txt", b"dear CP")
    return stage


def a_file_without_answer(stage, _):
    stage.live(1)
    stage.tomorrow()
    stage.register(1, premises="Unit 1")
    stage.register(2)
    stage.night()
    return stage


def a_refused_file(stage, stages):
    a_file_without_answer(stage, stages)
    stage.fco(reason="BADCUPID")
    stage.collect()
    return stage


def a_refused_record(stage, stages):
    a_file_without_answer(stage, stages)
    stage.answer("0102", 1)
    return stage


def a_wrong_door(stage, _):
    stage.live(1, 2)
    stage.tomorrow()
    stage.register(2, premises="Unit 2", effective_date=stage.day(1))
    return stage


def an_older_copy(stage, stages):
    stage.live(1, 2)
    stage.tomorrow()
    return lose_a_night(stages, stage)


def newest(stage):
    return stage.files()[-1].file_name


def _urgent(stage):
    return correct_urgently(stage.system, stage.cli, number(1), {"premises": "Unit 9"}, "INC-1")


def _urgent_again(stage):
    """Who was told that it failed tries again, unless it was kept: then the clock sends it."""
    if "urgent_correction" not in stage.events():
        _urgent(stage)
    deliver_urgent(stage.system, stage.cli)


def _resume_again(stage):
    with suppress(Conflict):  # it was answered
        resume(stage)


CASES = {
    "night": Case(a_night, lambda stage, on_step=str: run_export(stage.system, stage.cli, on_step=on_step)),
    "collection": Case(all_replies, lambda stage, _=None: collect_replies(stage.system, stage.cli)),
    "resend": Case(a_file_without_answer, lambda stage, _=None: resend_file(stage.system, stage.staff, newest(stage))),
    "abandon": Case(
        a_file_without_answer,
        lambda stage, _=None: abandon(stage.system, stage.staff, file_name=newest(stage), why="nobody answers"),
        single=True,
    ),
    "release": Case(
        a_refused_file, lambda stage, _=None: release_file(stage.system, stage.staff, newest(stage)), single=True
    ),
    "fix": Case(
        a_refused_record,
        lambda stage, _=None: fix_case(stage.system, stage.cli, stage.case(1)["id"], {"premises": "Unit 9"}),
        single=True,
    ),
    "urgent": Case(a_wrong_door, lambda stage, _=None: _urgent(stage), _urgent_again),
    "resume": Case(an_older_copy, lambda stage, _=None: resume(stage), _resume_again),
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def stages(request, memory):
    if request.param == "sqlite":
        return Stages(SqliteCopies(memory, request.getfixturevalue("sqlite_template")))
    return Stages(PostgresCopies(memory, request.getfixturevalue("postgresql")))


def state(stage):
    found = stage.end_state()
    found["resent"] = [file.file_name for file in stage.files() if file.resends]
    # Without the references: those that an undone unit drew are never used.
    found["outbox"] = {name: [row[1:] for row in stage.rows(name)] for name in _whole(stage)}
    found["on its way"] = sorted(path.name for path in (stage.root / "work").rglob("*") if path.is_file())
    return found


def _whole(stage):
    outbox = stage.root / "outbox"
    return {path.name: path.read_bytes() for path in outbox.iterdir() if not path.name.endswith(".part")}


class Sweep:
    """One use case on one database."""

    def __init__(self, stages: Stages, name: str) -> None:
        self.stages, self.name, self.case = stages, name, CASES[name]
        self.tried, self.broken = 0, []
        stage = self.case.prepare(stages.fresh(), stages)
        self.frozen = stages.freeze(stage)
        self.before = state(stage)
        stages.close(stage)
        with stages.lent(self.frozen) as stage:
            self.calls, _ = suffer(stage, None, self.case.act)
            self.after, self.sent = state(stage), _whole(stage)
        assert self.after != self.before

    def try_each(self, chosen, ends) -> str:
        """Return what was broken."""
        for at, how in product(chosen, ends):
            fault = Fault(at, **how)
            with self.stages.lent(self.frozen) as stage:
                met, _ = suffer(stage, fault, self.case.act)
                wrong = self._wrong(stage)
            self.tried += 1
            if met.names[at - 1 : at] != self.calls.names[at - 1 : at] or not met.struck:
                wrong += " (another call was met)"
            if wrong:
                self.broken.append(f"{self.name}, {fault} ({self.calls.names[at - 1]}): {wrong}")
        self.stages.forget(self.frozen)
        return told(f"{self.name} on {self.stages.kind}", self.tried, self.broken)

    def _wrong(self, stage) -> str:
        found = state(stage)
        if self.case.single and found not in (self.before, self.after):
            return f"neither before nor after: {_difference(found, self.after)}"
        if any(content != self.sent[name] for name, content in _whole(stage).items()):
            return "other bytes under our name"
        if not self.case.single or found == self.before:
            self.case.recover(stage)
        end, trail = state(stage), verify_trail(stage.system, stage.cli)
        if not trail.ok:
            return f"the trail: {trail.first_bad}"
        return "" if end == self.after else f"another end: {_difference(end, self.after)}"


def _difference(found, expected) -> str:
    return "; ".join(f"{key} {found[key]}, not {expected[key]}" for key in found if found[key] != expected[key])


@pytest.mark.parametrize("name", CASES)
def test_a_fault_at_each_named_step_and_commit(stages, name):
    sweep = Sweep(stages, name)
    chosen = [at for at, call in enumerate(sweep.calls.names, 1) if call.startswith(NAMED)]
    wrong = sweep.try_each(chosen, ONE_OF_EACH)
    assert not wrong, wrong


@pytest.mark.long
@pytest.mark.parametrize("name", CASES)
def test_a_fault_at_every_call(stages, name):
    sweep = Sweep(stages, name)
    dropped = ({"kind": "dropped"}, {"kind": "dropped", "after": True}) if stages.kind == "postgresql" else ()
    wrong = sweep.try_each(range(1, len(sweep.calls.names) + 1), (*ENDS, *dropped))
    assert not wrong, wrong
