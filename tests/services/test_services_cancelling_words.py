"""Words said and taken back over days, against a tiny model of the wanted record."""

from datetime import timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stage import number
from test_services_folding import run_night
from wanted_model import WantedModel

from app.services.locations.cancelling import cancel_change
from app.services.locations.ceasing import cease_numbers
from app.services.locations.planned import planned

NUMBERS = 2
CONTENTS = ("Unit 1", "Unit 2", "Unit 3")
places = st.integers(0, NUMBERS - 1)
days = st.integers(0, 3)
cancels = st.tuples(st.just("cancel"), places, st.just(""), st.integers(0, 5))
acts = st.one_of(
    st.tuples(st.just("register"), places, st.sampled_from(CONTENTS), days),
    st.tuples(st.just("register"), places, st.sampled_from(CONTENTS), st.just(0)),
    st.tuples(st.just("cease"), places, st.just(""), days),
    cancels,
    cancels,
    st.tuples(st.just("night"), st.just(0), st.just(""), st.integers(0, 2)),
)
# What is said of one number before a file goes out is where words meet.
evenings = st.tuples(places, st.lists(acts, min_size=2, max_size=5)).map(
    lambda told: [act if act[0] == "night" else (act[0], told[0], *act[2:]) for act in told[1]]
)
histories = st.lists(evenings, min_size=2, max_size=5).map(lambda parts: [act for part in parts for act in part])
first_places = count(0, NUMBERS)


class Words:
    """Which word of the model a registration is."""

    def __init__(self, stage):
        self.stage, self.of = stage, {}

    def planned(self, place):
        return planned(self.stage.system, self.stage.customer, number(place))

    def note(self, place, model):
        """Remember the newest registration as the model's last word, where it is one."""
        if model.words:
            self.of.setdefault(max((change.id for change in self.planned(place)), default=0), model.words)

    def take_back(self, place, model, pick):
        """Cancel one of what is planned, and hold the list against the model's."""
        listed = self.planned(place) if model.words else []
        entries = {change.id: self._entry(model, change) for change in listed}
        assert set(entries.values()) <= set(model.planned())
        later = {entry for entry in model.planned() if entry[0] > self.stage.today}
        assert later <= set(entries.values()), "what is said for later can be cancelled"
        if listed:
            change = listed[-1 - pick % len(listed)]  # the last, where it is simplest
            outlook = cancel_change(self.stage.system, self.stage.customer, change.id)
            model.cancel(entries[change.id])
            assert outlook.ends_on == model.ends_on
            wanted = model.wanted(max(change.due_on, self.stage.today))
            assert (outlook.sent and outlook.sent["premises"].capitalize()) == wanted

    def _entry(self, model, change):
        (entry,) = (item for item in model.said if item[1] == self.of[change.id])
        content = None if change.sent is None else change.sent["premises"].capitalize()
        assert (entry[0], entry[2]) == (change.due_on, content)
        return entry


@settings(
    max_examples=settings.default.max_examples,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=histories)
def test_what_goes_out_each_night_is_what_the_words_need_that_were_not_taken_back(stage, history):
    first = next(first_places) % 7_980
    models = [WantedModel() for _ in range(NUMBERS)]
    held: list[str | None] = [None] * NUMBERS
    words = Words(stage)
    stage.tomorrow()
    for verb, place, content, offset in [*history, *[("night", 0, "", 1)] * 5]:
        model, day = models[place], stage.today + timedelta(days=offset)
        if verb == "register":
            stage.register(first + place, premises=content, effective_date=day.isoformat())
            model.register(content, day, stage.today)
            words.note(first + place, model)
        elif verb == "cease":
            if model.words and model.in_use(stage.today):
                cease_numbers(stage.system, stage.customer, [number(first + place)], day)
                model.cease(day, stage.today)
                words.note(first + place, model)
        elif verb == "cancel":
            words.take_back(first + place, model, offset)
        else:
            run_night(stage, first, models, held)
            for each in models:
                each.night(stage.today)
            stage.tomorrow(offset)
    for place, model in enumerate(models):
        if model.words:
            record = stage.record(first + place)
            accepted = record["accepted"] and record["accepted"]["premises"].capitalize()
            assert accepted == model.wanted(stage.today)
            assert (record["status"] == "ceased") is not model.in_use(stage.today)
