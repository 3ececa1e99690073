"""Webhooks under faults: nothing is lost whenever a process dies, and two at once tell nothing twice."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from stage import START, Stage
from webhook_receiver import Receiver

from app.db.unit_of_work import UnitOfWork
from app.domain.webhooks import DeliveryState
from app.errors import Busy
from app.models.numbers import Number
from app.models.webhooks import ToldStatus, WebhookDelivery, WebhookEvent
from app.services.outside import Answer, NoAnswer
from app.services.status_column import status_column
from app.services.webhooks import delivering
from app.services.webhooks.comparing import note_changes
from app.services.webhooks.delivering import deliver_due
from app.services.webhooks.listing import show_subscription
from app.services.webhooks.log import list_attempts
from app.services.webhooks.replaying import replay_since
from app.services.webhooks.subscriptions import add_subscription, switch_on

HOUR = timedelta(hours=1)
HOOK = "https://hooks.example/"


class Died(BaseException):
    """The process ended in the middle."""


@dataclass
class Line:
    """What stands in for the call: `mode` is well, refuses, down, dies before sending or dies after it."""

    mode: str = "well"
    taken: list = field(default_factory=list)

    def __call__(self, _way, _method, _url, *, headers, body, **_options) -> Answer:
        if self.mode == "dies before":
            raise Died
        if self.mode == "down":
            raise NoAnswer("it cannot be reached (OSError)")
        if self.mode == "refuses":
            return Answer(503, b"")
        self.taken.append((headers["Webhook-Id"], body))
        if self.mode == "dies after":
            raise Died
        return Answer(204, b"")


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    made = Line()
    monkeypatch.setattr(delivering, "call", made)
    return made


@pytest.fixture
def receiver():
    made = Receiver().open()
    yield made
    made.close()


def put_numbers(stage: Stage, many: int) -> list[int]:
    """Numbers of the first account, each in need of an address."""
    with stage.system.database.unit_of_work() as work:
        numbers = [
            Number(number=f"+441632960{place:03d}", account_id=stage.account, in_use_from=stage.today, created_at=START)
            for place in range(many)
        ]
        work.session.add_all(numbers)
        work.session.flush()
        ids = [number.id for number in numbers]
        work.commit()
    return ids


def change(stage: Stage, number_ids: list[int], **values) -> None:
    stage.execute(update(Number).where(Number.id.in_(number_ids)).values(**values))


def bar(stage: Stage, number_ids: list[int]) -> None:
    change(stage, number_ids, barred_at=stage.clock.now())


@pytest.mark.parametrize("mode", ["dies before", "dies after"])
def test_a_death_between_sending_and_marking_is_followed_after_a_pause(stage: Stage, line: Line, mode: str) -> None:
    made = add_subscription(stage.system, stage.customer, stage.account, HOOK)
    ids = put_numbers(stage, 1)
    line.mode = mode
    note_changes(stage.system)
    with pytest.raises(Died):
        deliver_due(stage.system)
    line.mode = "well"
    assert deliver_due(stage.system) == 0
    stage.clock.advance(timedelta(seconds=30))
    assert deliver_due(stage.system) == 1
    assert len({key for key, _ in line.taken}) == 1
    assert len(line.taken) == (2 if mode == "dies after" else 1)
    tries = list_attempts(stage.system, stage.customer, made.id).attempts
    assert [(one.taken, one.http_status, one.fault) for one in tries] == [(True, 204, ""), (False, None, "")]
    assert tries[0].number_id == ids[0]


@pytest.mark.parametrize("after", [False, True])
def test_a_death_while_comparing_makes_each_event_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, *, after: bool
) -> None:
    add_subscription(stage.system, stage.customer, stage.account, HOOK)
    put_numbers(stage, 3)
    commit = UnitOfWork.commit

    def die(work: UnitOfWork) -> None:
        if after:
            commit(work)
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(UnitOfWork, "commit", die)
        with pytest.raises(Died):
            note_changes(stage.system)
    assert len(stage.all(WebhookEvent)) == (3 if after else 0)
    note_changes(stage.system)
    assert len(stage.all(WebhookEvent)) == len(stage.all(WebhookDelivery)) == 3
    assert [told.sequence for told in stage.all(ToldStatus)] == [1, 1, 1]


def test_two_at_once_compare_and_tell_nothing_twice_and_in_order(stage: Stage, receiver: Receiver) -> None:
    made = add_subscription(stage.system, stage.customer, stage.account, receiver.url)
    receiver.secrets.append(made.secret)
    ids = put_numbers(stage, 12)
    changes = [lambda: bar(stage, ids), lambda: change(stage, ids, barred_at=None), lambda: bar(stage, ids[:6])]

    def compare(_: int) -> None:
        with suppress(Busy):
            note_changes(stage.system)

    with ThreadPoolExecutor(3) as pool:
        for act in changes:
            list(pool.map(compare, range(3)))
            act()
        list(pool.map(compare, range(3)))
        taken = sum(pool.map(lambda _: deliver_due(stage.system), range(3)))
    taken += deliver_due(stage.system)
    told = receiver.told()
    assert taken == len(told) == len(stage.all(WebhookEvent)) == 12 * 3 + 6
    assert max(Counter(take["id"] for take in receiver.takes).values()) == 1
    for number_id in ids:
        mine = [at for one, at, _ in told if one == number_id]
        assert mine == sorted(mine)
    assert receiver.forged == 0


def test_a_receiver_that_hangs_holds_no_other_up(stage: Stage, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = add_subscription(stage.system, stage.customer, stage.account, HOOK)
    add_subscription(stage.system, stage.customer, stage.account, HOOK + "good")
    put_numbers(stage, 30)
    note_changes(stage.system)
    asked = Counter()

    def only_good(way, method, url, **options):
        asked[url] += 1
        if url == HOOK:
            raise NoAnswer("no answer in time")
        return line(way, method, url, **options)

    monkeypatch.setattr(delivering, "call", only_good)
    assert deliver_due(stage.system) == 30
    assert asked[HOOK] <= delivering.LINES
    assert show_subscription(stage.system, stage.customer, bad.id).waiting == 30


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("bar"), st.integers(0, 2)),
        st.tuples(st.just("unbar"), st.integers(0, 2)),
        st.tuples(st.just("ceases tomorrow"), st.integers(0, 2)),
        st.tuples(st.just("in use again"), st.integers(0, 2)),
        st.tuples(st.just("time"), st.sampled_from([1, 60, 3600, 6 * 3600, 24 * 3600])),
        st.tuples(st.just("mode"), st.sampled_from(["well", "refuses", "down", "dies before", "dies after"])),
        st.tuples(st.just("compare"), st.sampled_from(["well", "dies"])),
        st.tuples(st.just("deliver"), st.none()),
    ),
    max_size=40,
)


class Machine:
    """One run: whatever is done, comes and dies, until faults stop."""

    def __init__(self, stage: Stage, line: Line, patch: pytest.MonkeyPatch) -> None:
        self.stage, self.line, self.patch = stage, line, patch
        self.line.taken.clear()
        self.line.mode = "well"
        self.began = stage.clock.now()
        self.ids = put_numbers(stage, 3)
        self.hook = add_subscription(stage.system, stage.customer, stage.account, HOOK)
        self.deaths = False

    def bar(self, place: int) -> None:
        bar(self.stage, [self.ids[place]])

    def unbar(self, place: int) -> None:
        change(self.stage, [self.ids[place]], barred_at=None)

    def ceases_tomorrow(self, place: int) -> None:
        change(self.stage, [self.ids[place]], ceased_on=self.stage.today + timedelta(days=1))

    def in_use_again(self, place: int) -> None:
        change(self.stage, [self.ids[place]], ceased_on=None)

    def time(self, seconds: int) -> None:
        self.stage.clock.advance(timedelta(seconds=seconds))

    def mode(self, mode: str) -> None:
        self.line.mode = mode

    def compare(self, how: str) -> None:
        with self.patch.context() as patched, suppress(Died):
            if how == "dies":
                commit, turns = UnitOfWork.commit, count()

                def die(work: UnitOfWork) -> None:
                    if next(turns) % 2:
                        commit(work)
                    raise Died

                patched.setattr(UnitOfWork, "commit", die)
            note_changes(self.stage.system)

    def deliver(self, _: None) -> None:
        self.deaths |= self.line.mode == "dies after"
        with suppress(Died):
            deliver_due(self.stage.system)

    def settle(self) -> None:
        """Faults stop; a person turns on what was switched off, and asks for what it missed."""
        stage = self.stage
        self.line.mode = "well"
        if not show_subscription(stage.system, stage.customer, self.hook.id).is_on:
            switch_on(stage.system, stage.customer, self.hook.id)
            replay_since(stage.system, stage.customer, self.hook.id, self.began)
            self.deaths = True  # what was taken before comes again, for it was asked for
        for _ in range(60):
            note_changes(stage.system)
            deliver_due(stage.system)
            stage.clock.advance(3 * HOUR)
            if all(one.state is not DeliveryState.WAITING for one in stage.all(WebhookDelivery)):
                return
        raise AssertionError("something waits for ever")

    def check(self) -> None:
        stage = self.stage
        events = {event.message_id: event for event in stage.all(WebhookEvent)}
        arrived = [events[key] for key, _ in self.line.taken]
        assert {event.id for event in arrived} == {event.id for event in events.values()}
        if not self.deaths:
            assert len(arrived) == len(events)
        with stage.system.database.reading() as look:
            now = dict(look.session.execute(select(Number.id, status_column(stage.today))).all())
        told = {row.number_id: row for row in stage.all(ToldStatus)}
        for number_id in self.ids:
            mine = [event for event in arrived if event.number_id == number_id]
            first = list(dict.fromkeys(event.sequence for event in mine))
            assert first == list(range(1, len(first) + 1)), "each once at least, the newest last"
            assert told[number_id].status == now[number_id]
            if mine:
                assert max(mine, key=lambda event: event.sequence).status == now[number_id]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_when_faults_stop_every_change_was_told_the_newest_last(
    new_stage, line: Line, monkeypatch: pytest.MonkeyPatch, steps
) -> None:
    run = Machine(new_stage(), line, monkeypatch)
    for name, value in steps:
        getattr(run, name.replace(" ", "_"))(value)
    run.settle()
    run.check()
