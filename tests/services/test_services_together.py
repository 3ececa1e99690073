"""Several at once: customers who say things in the same moment, and one who ceases in the middle of the night."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread

import pytest
from stage import number

from app.errors import Busy, Conflict, Refused
from app.models.numbers import Address, Number
from app.models.records import Registration
from app.services.exports import fixing
from app.services.locations.ceasing import cease_numbers
from app.services.locations.registering import share_of_address

AT_ONCE = 6


def at_once(*calls):
    """Begin all calls in the same moment and return what each gave or raised."""
    barrier = Barrier(len(calls))

    def run(call):
        barrier.wait()
        try:
            return call()
        except (Conflict, Refused, Busy) as refused:
            return refused

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_many_numbers_at_one_new_address_share_it(stage):
    found = at_once(*(lambda place=place: stage.register(place) for place in range(AT_ONCE)))
    assert [item.standing for item in found] == ["accepted"] * AT_ONCE
    assert len(stage.all(Address)) == 1
    assert len(share_of_address(stage.system, stage.customer, number(0))) == AT_ONCE - 1


def test_one_new_number_said_by_many_is_one_number(stage):
    found = at_once(*(lambda unit=unit: stage.register(1, premises=f"Unit {unit}") for unit in range(AT_ONCE)))
    stored = [item for item in found if not isinstance(item, Exception)]
    assert stored
    assert all(isinstance(item, Conflict) for item in found if isinstance(item, Exception))
    assert len(stage.all(Number)) == 1
    assert len(stage.all(Registration)) == len(stored)
    stage.night()
    assert stage.sent() == [("A", "001")]


def test_a_number_that_is_free_goes_to_one_of_two_who_want_it(stage):
    for place in range(AT_ONCE):
        stage.register(place)
    cease_numbers(stage.system, stage.customer, [number(place) for place in range(AT_ONCE)])
    for place in range(AT_ONCE):
        first, second = at_once(
            lambda place=place: stage.register(place, premises="Unit 1"),
            lambda place=place: stage.register(place, premises="Unit 2", actor=stage.other_customer),
        )
        won = [item for item in (first, second) if not isinstance(item, Exception)]
        assert len(won) == 1
        holder = stage.account if won == [first] else stage.other_account
        counting = [item for item in stage.all(Registration) if item.state == "ACCEPTED" and item.kind == "record"]
        (item,) = [item for item in stage.all(Number) if item.id == stage.number_id(place)]
        assert item.account_id == holder
        assert {said.account_id for said in counting if said.number_id == item.id} == {holder}


def test_a_location_and_the_end_of_use_in_one_moment_come_one_after_the_other(stage):
    stage.live(*range(AT_ONCE))
    for place in range(AT_ONCE):
        at_once(
            lambda place=place: stage.register(place, premises="Unit 2"),
            lambda place=place: cease_numbers(stage.system, stage.customer, [number(place)]),
        )
    stage.night()
    stage.accept()
    for place in range(AT_ONCE):
        record = stage.record(place)
        assert (record["status"], record["accepted_state"]) in {("ceased", "none"), ("live", "live")}


@pytest.mark.parametrize("act", ["cease", "register"])
def test_what_is_said_in_the_middle_of_the_night_finds_it_decided(stage, monkeypatch, act):
    stage.register(1)
    read = fixing.read_candidates
    threads = []

    def say():
        if act == "cease":
            cease_numbers(stage.system, stage.customer, [number(1)])
        else:
            stage.register(1, premises="Unit 4")

    def read_and_be_interrupted(*arguments):
        yield from read(*arguments)
        thread = Thread(target=say)
        thread.start()
        threads.append(thread)
        time.sleep(0.3)  # time enough for the other to come as far as it can

    monkeypatch.setattr(fixing, "read_candidates", read_and_be_interrupted)
    stage.night()
    threads[0].join(timeout=30)
    assert not threads[0].is_alive()
    assert stage.sent() == [("A", "001")]
    assert stage.states(1) == ["DELIVERED", "NEW"], "what is in the file is never cancelled"
    monkeypatch.undo()
    stage.accept()
    stage.night()
    assert stage.sent() == [({"cease": "C", "register": "M"}[act], "001")]
