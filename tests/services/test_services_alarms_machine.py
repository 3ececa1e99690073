"""Whatever comes, goes, fails and dies: each alarm is told in order, without a storm, and in the end to everybody."""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from app.domain.alarms import AlarmKind, Channel
from app.models.alarms import Alarm, AlarmTelling
from app.models.audit import AuditEvent
from app.services.alarms import watching
from app.services.alarms.conditions import Condition
from app.services.alarms.messages import NotSent
from app.services.alarms.telling import pause_after
from app.services.alarms.watching import watch

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
KIND = AlarmKind.FCO_OVERDUE


class Died(BaseException):
    """The process ended in the middle."""


@dataclass
class Receiver:
    """A channel: `mode` is well, down, dies before sending or dies after it."""

    channel: Channel
    clock: object
    mode: str = "well"
    begun: list = field(default_factory=list)  # (key, at) of each try
    taken: list = field(default_factory=list)  # (thread, word, key, at) of what arrived

    def send(self, message):
        self.begun.append((message.key, self.clock.now()))
        if self.mode == "down":
            raise NotSent("down")
        if self.mode == "dies before":
            raise Died
        self.taken.append((message.thread, str(message.word), message.key, self.clock.now()))
        if self.mode == "dies after":
            raise Died
        return ""


SUBJECTS = ("A", "B", "C")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("begins"), st.sampled_from(SUBJECTS)),
        st.tuples(st.just("ends"), st.sampled_from(SUBJECTS)),
        st.tuples(st.just("time"), st.sampled_from([1, 5, 59, 60 * 23, 60 * 24])),
        st.tuples(
            st.sampled_from([Channel.MAIL, Channel.WEBHOOK]),
            st.sampled_from(["well", "down", "dies before", "dies after"]),
        ),
    ),
    max_size=12,
)


@pytest.fixture
def world(sqlite_stage, monkeypatch):
    """The stage, what is so, and two channels."""
    so: set[str] = set()
    receivers = [Receiver(channel, sqlite_stage.clock) for channel in Channel]
    looks = {KIND: lambda _system, _look: (Condition(KIND, name, f"{name} is so.") for name in sorted(so))}
    monkeypatch.setattr(watching, "LOOKS", (looks,))
    monkeypatch.setattr(watching, "open_channels", lambda _: receivers)
    return sqlite_stage, so, receivers


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_raise_repeat_clear(world, steps):
    stage, so, receivers = world
    begin_afresh(stage, so, receivers)
    spells: list[str] = []  # the model: each spell of a subject that a look has seen
    seen: set[str] = set()
    for name, value in steps:
        act(stage, so, receivers, name, value)
        with suppress(Died):
            watch(stage.system)
        spells += so - seen
        seen = set(so)
        check_standing(stage, so, spells)
    for receiver in receivers:
        receiver.mode = "well"
    for _ in range(3):
        stage.clock.advance(HOUR)
        watch(stage.system)
    for receiver in receivers:
        check_told(stage, receiver)
    quiet = [len(receiver.begun) for receiver in receivers]
    watch(stage.system)
    assert [len(receiver.begun) for receiver in receivers] == quiet


def begin_afresh(stage, so, receivers):
    with stage.system.database.unit_of_work() as work:
        work.session.execute(delete(AlarmTelling))
        work.session.execute(delete(Alarm))
        work.commit()
    so.clear()
    for receiver in receivers:
        receiver.mode = "well"
        receiver.begun.clear()
        receiver.taken.clear()


def act(stage, so, receivers, name, value):
    if name == "begins":
        so.add(value)
    elif name == "ends":
        so.discard(value)
    elif name == "time":
        stage.clock.advance(value * MINUTE)
    else:
        next(receiver for receiver in receivers if receiver.channel == name).mode = value
    stage.clock.advance(MINUTE)


def check_standing(stage, so, spells):
    alarms = stage.all(Alarm)
    assert {alarm.subject for alarm in alarms if alarm.cleared_at is None} == so
    assert sorted(alarm.subject for alarm in alarms) == sorted(spells)


def check_told(stage, receiver):
    for alarm in stage.all(Alarm):
        thread = f"eld-999-test-{alarm.id}-{alarm.raised_at:%Y%m%dT%H%M%SZ}"
        tries = [(key, at) for key, at in receiver.begun if key.startswith(f"{thread}-")]
        first: dict[str, tuple[str, object]] = {}  # each message when it first came, whether or not it came again
        for of, word, key, at in receiver.taken:
            if of == thread:
                first.setdefault(key, (word, at))
        words = [word for word, _ in first.values()]
        standing = alarm.cleared_at is None
        # In order; the first may be missing where the channel came back when all was over.
        assert " ".join(words) in {"", "over"} or re.fullmatch("raised( lasts)*( over)?", " ".join(words)), words
        assert "raised" in words or not standing
        assert ("over" in words) == (not standing and bool(tries))
        told = [at for word, at in first.values() if word != "over"]
        assert all(after - before >= 23 * HOUR for before, after in pairwise(told))
        check_pauses(tries)


def check_pauses(tries):
    """Tries that came to nothing are followed after growing pauses."""
    for key in {key for key, _ in tries}:
        moments = [at for of, at in tries if of == key]
        for place, (before, after) in enumerate(pairwise(moments), 1):
            assert after - before >= pause_after(place)


def test_the_trail_has_each_raising_and_each_clearing(world):
    stage, so, _ = world
    for subject in ("A", "B", "A"):
        so ^= {subject}
        watch(stage.system)
        stage.clock.advance(MINUTE)
    with stage.system.database.reading() as look:
        count = select(AuditEvent.action, func.count()).where(AuditEvent.action.like("alarm%")).group_by("action")
        assert dict(look.session.execute(count).all()) == {"alarm_raised": 2, "alarm_cleared": 1}
