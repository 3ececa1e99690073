"""A collection cut off at every commit and every call of the transport, and repeated: the same end."""

from contextlib import contextmanager
from dataclasses import replace

import pytest

from app.services.replies.collecting import collect_replies


class CutOff(Exception):
    """The process ended here."""


class Counter:
    """Counts operations and ends the process at one of them, before it is done or just after."""

    def __init__(self, fail_at=0, *, after=False):
        self.count, self.fail_at, self.after = 0, fail_at, after

    def run(self, operation):
        self.count += 1
        if self.count == self.fail_at and not self.after:
            raise CutOff
        result = operation()
        if self.count == self.fail_at:
            raise CutOff
        return result


class CountedTransport:
    def __init__(self, transport, counter):
        self._transport, self._counter = transport, counter

    def __getattr__(self, name):
        operation = getattr(self._transport, name)
        return lambda *arguments, **options: self._counter.run(lambda: operation(*arguments, **options))


class CountedDatabase:
    def __init__(self, database, counter):
        self._database, self._counter = database, counter

    def __getattr__(self, name):
        return getattr(self._database, name)

    @contextmanager
    def unit_of_work(self):
        with self._database.unit_of_work() as work:
            commit = work.commit
            work.commit = lambda: self._counter.run(commit)
            yield work


def prepared(new_stage):
    """Every kind of reply lies in the inbox at once."""
    stage = new_stage()
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


def collect(stage, counter):
    system = replace(
        stage.system,
        transport=CountedTransport(stage.system.transport, counter),
        database=CountedDatabase(stage.system.database, counter),
    )
    return collect_replies(system, stage.cli)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_collection_cut_off_anywhere_comes_to_the_same_end(new_stage, after):
    reference = prepared(new_stage)
    counter = Counter()
    collect(reference, counter)
    end = reference.end_state()
    assert end["inbox"] == []
    for fail_at in range(1, counter.count + 1):
        stage = prepared(new_stage)
        with pytest.raises(CutOff):
            collect(stage, Counter(fail_at, after=after))
        stage.collect()
        assert stage.end_state() == end
        stage.check_trail()
