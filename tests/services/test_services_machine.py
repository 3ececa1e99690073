"""F11: whatever is lost, repeated, late or refused, crashes or is restored, the agent ends with what is wanted.

Number by number, field by field, with every sequence number used once and a trail that verifies.
"""

import sys
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from seams import noted
from stage import number
from stage_copies import PostgresCopies, SqliteCopies, Stages
from world import World
from world_contents import NUMBERS, SETTINGS, VARIANTS

STEPS = 60
RUNS = {"sqlite": (16, 1_700), "postgresql": (6, 300)}  # in the suite, and in full

places = st.integers(0, NUMBERS - 1)
days = st.sampled_from((0, 0, 0, 1, 2))
picks = st.integers(0, 999)
contents = st.tuples(st.integers(0, 1), st.integers(0, len(VARIANTS) - 1), st.integers(1, 7))
units = st.integers(1, 7)
words = st.one_of(
    st.tuples(st.just("register"), places, contents, st.just(0)),
    st.tuples(st.just("register"), places, contents, days),
    st.tuples(st.just("register"), places, contents, days),
    st.tuples(st.just("cease"), places, days),
    st.tuples(st.just("port_out"), places, days),
    st.tuples(st.just("port_in"), places, st.integers(0, 1), days),
    st.tuples(st.just("cancel"), places, picks),
    st.tuples(st.sampled_from(("fix", "urgent")), places, units),
)
some_words = st.lists(words, max_size=3)


@pytest.fixture(params=RUNS)
def stages(request, memory):
    if request.param == "sqlite":
        return Stages(SqliteCopies(memory, request.getfixturevalue("sqlite_template")), **SETTINGS)
    return Stages(PostgresCopies(memory, request.getfixturevalue("postgresql")), **SETTINGS)


class Machine(RuleBasedStateMachine):
    """The steps; each is one of the world's."""

    stages: Stages
    took: Counter

    def __init__(self):
        super().__init__()
        self.world = World(self.stages)

    @initialize(contents=st.lists(contents, min_size=2, max_size=NUMBERS))
    def begin(self, contents):
        """Some numbers are in use from the first."""
        self.say([("register", at, content, 0) for at, content in enumerate(contents)])

    @rule(words=st.lists(words, min_size=1, max_size=3))
    def say(self, words):
        """Customers add, change, cease and move, today or for a later day, and take it back; operations correct."""
        for word in words:
            self.world.say(*word)

    @rule(words=some_words, full=st.sampled_from((False, False, False, True)))
    def export(self, words, full):
        self.say(words)
        self.world.export(full=full)

    @rule()
    def deliver(self):
        self.world.deliver()

    @rule()
    def collect(self):
        self.world.collect()

    @rule(words=some_words)
    def whole_day(self, words):
        self.say(words)
        self.world.whole_day()

    @rule(words=some_words)
    def tomorrow(self, words):
        self.say(words)
        self.world.tomorrow()

    @rule(how=st.sampled_from(("lose", "withhold", "damage", "cut", "return", "repeat")), pick=picks)
    def spoil_file(self, how, pick):
        self.world.spoil_file(how, pick)

    @rule(how=st.sampled_from(("lose", "delay", "repeat", "damage", "late", "late")), pick=picks)
    def spoil_reply(self, how, pick):
        self.world.spoil_reply(how, pick)

    @rule(what=st.sampled_from(("resend", "abandon")), pick=picks)
    def operate(self, what, pick):
        getattr(self.world, what)(pick)

    @rule(what=st.sampled_from(("release", "release", "hold")))
    def judge_the_night(self, what):
        getattr(self.world, what)()

    @rule(what=st.sampled_from(("night", "night", "collection", "urgent")), at=st.integers(1, 160), after=st.booleans())
    def crash(self, what, at, after):
        self.world.crash(what, at, after)

    @rule(at=st.integers(0, 5))
    def second_scheduler(self, at):
        self.world.second_scheduler(at)

    @rule()
    def scheduled(self):
        self.world.scheduled()

    @rule(what=st.sampled_from(("restart", "back_up")))
    def administer(self, what):
        getattr(self.world, what)()

    @precondition(lambda self: self.world.backup is not None)
    @rule()
    def restore(self):
        self.world.restore()

    def teardown(self):
        try:
            if sys.exc_info()[0] is None:  # a step that failed is told by itself
                self.world.come_to_rest()
                self.world.check()
                self.took.update(
                    runs=1, files=len(self.world.records.files), commands=len(self.world.records.references)
                )
                self.took.update(self.world.happened)
        finally:
            self.world.close()


def test_whatever_happens_the_agent_ends_with_what_is_wanted(stages, request):
    Machine.stages, Machine.took = stages, Counter()
    runs = RUNS[stages.kind][bool(request.config.getoption("--full"))]
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=runs,
            stateful_step_count=STEPS,
            # Nothing is remembered from run to run: what was found becomes a test of its own.
            phases=(Phase.generate, Phase.shrink),
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Machine.took["runs"] >= runs
    took = ", ".join(f"{count} {what}" for what, count in Machine.took.items())
    noted(f"the machine on {stages.kind}, {STEPS} steps a run: {took}")


# what was found this way


@pytest.fixture
def world(stages):
    opened = World(stages)
    yield opened
    opened.come_to_rest()
    opened.check()
    opened.close()


def test_the_same_backup_restored_twice_gives_no_number_and_no_name_twice(world):
    world.say("register", 4, (1, 1, 2), 0)
    world.back_up()
    world.crash("night", 92, after=True)
    for _ in range(2):
        world.restore()
        world.say("register", 1, (0, 0, 4), 0)
    assert world.happened["resumed"] == 2


def test_what_came_and_went_after_the_copy_is_seen_in_the_extract_alone(world):
    world.back_up()
    world.say("register", 4, (1, 0, 1), 0)
    world.whole_day()
    world.say("cease", 4, 0)
    world.restore()
    assert world.agent.record(number(4)) is not None


def test_a_file_that_was_fixed_before_the_copy_and_left_after_it_stops_the_copy(world):
    world.say("register", 0, (0, 0, 1), 0)
    world.crash("night", 65, after=False)
    world.back_up()
    world.export()
    world.restore()
    assert world.happened["resumed"] == 1


def test_a_number_that_comes_back_while_its_first_record_is_in_flight_leaves_nothing_of_it(world):
    world.say("register", 3, (0, 0, 1), 0)
    world.export()
    for word in (("cease", 3, 0), ("port_in", 3, 0, 2), ("cease", 3, 0), ("cancel", 3, 0)):
        world.say(*word)
    assert world.places[3].model.wanted(world.today) is None
