"""The folding rules: random words of customers over days, against a tiny model of the wanted record."""

from datetime import timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stage import number
from wanted_model import WantedModel

from app.services.locations.ceasing import cease_numbers

NUMBERS = 3
CONTENTS = ("Unit 1", "Unit 2", "Unit 3")
places = st.integers(0, NUMBERS - 1)
days = st.integers(0, 3)
acts = st.one_of(
    st.tuples(st.just("register"), places, st.sampled_from(CONTENTS), days),
    st.tuples(st.just("register"), places, st.sampled_from(CONTENTS), st.just(0)),
    st.tuples(st.just("cease"), places, st.just(""), days),
    st.tuples(st.just("night"), st.just(0), st.just(""), st.integers(0, 2)),
)
first_places = count(0, NUMBERS)


@settings(
    max_examples=max(10, settings.default.max_examples // 3),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=st.lists(acts, min_size=3, max_size=14))
def test_what_goes_out_each_night_is_what_the_last_words_need(stage, history):
    first = next(first_places) % 7_980
    models = [WantedModel() for _ in range(NUMBERS)]
    held: list[str | None] = [None] * NUMBERS
    stage.tomorrow()
    for verb, place, content, offset in [*history, *[("night", 0, "", 1)] * 4]:
        model, day = models[place], stage.today + timedelta(days=offset)
        if verb == "register":
            stage.register(first + place, premises=content, effective_date=day.isoformat())
            model.register(content, day, stage.today)
        elif verb == "cease":
            if model.said and model.in_use(stage.today):
                cease_numbers(stage.system, stage.customer, [number(first + place)], day)
                model.cease(day, stage.today)
        else:
            run_night(stage, first, models, held)
            stage.tomorrow(offset)
    assert {stage.record(first + place)["accepted_state"] for place in range(NUMBERS) if held[place]} <= {"live"}


def run_night(stage, first, models, held):
    """The commands of the night, number by number, are those that lead from what is held to what is wanted."""
    expected = {}
    for place, model in enumerate(models):
        wanted = model.wanted(stage.today)
        if wanted != held[place]:
            command = "A" if held[place] is None else "C" if wanted is None else "M"
            expected[number(first + place)] = (command, (wanted or "").upper())
        held[place] = wanted
    stage.night()
    ours = {number(first + place) for place in range(NUMBERS)}
    rows = [row for row in stage.rows() if row.telephone_no in ours]
    assert len({row.telephone_no for row in rows}) == len(rows), "one command a number"
    assert {row.telephone_no: (row.command, row.premises) for row in rows} == expected
    assert all(row.effective_date <= stage.today for row in rows)
    stage.accept()
