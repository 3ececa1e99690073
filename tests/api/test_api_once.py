"""A call under an Idempotency-Key is done once: repeated, at the same moment, after a crash, after a day."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from api_caller import ACCOUNT, STAFF, Caller, MakeCaller, location
from api_served import make_app, owners_key
from sqlalchemy import func, select, update

from app.api.once import HEADER, REPLAYED
from app.api.rooms import PREFIX
from app.clock import FixedClock
from app.errors import Busy, NotAllowed
from app.models.calls import IdempotentCall
from app.models.records import Registration
from app.services.idempotency import BROKEN_OFF_AFTER, KEPT_FOR, begin_call, expire_idempotency
from app.services.system import System

CSV = b"number,name,premises,thoroughfare,post_town,postcode\r\n01632 960003,A,1,Dewsbury Road,Leeds,LS11 5DF\r\n"


def once(word: str) -> dict[str, str]:
    return {HEADER: word}


def registrations(system: System) -> int:
    with system.database.reading() as look:
        return look.session.scalar(select(func.count()).select_from(Registration)) or 0


def kept(system: System) -> list[IdempotentCall]:
    with system.database.reading() as look:
        return list(look.session.scalars(select(IdempotentCall)))


def test_the_same_call_is_done_once_and_answered_the_same(caller: Caller, system: System) -> None:
    first = caller.post("/locations", location(), **once("order 1"))
    assert REPLAYED not in caller.answer.headers
    assert caller.post("/locations", location(), **once("order 1")) == first
    assert caller.answer.headers[REPLAYED] == "true"
    assert first["accepted"] == 1, "the second one alone would have been unchanged"
    assert registrations(system) == 1


def test_a_refusal_is_repeated_too(lone_caller: Caller) -> None:
    bad = location(postcode="nowhere")
    first = lone_caller.post("/locations", bad, 422, **once("order 1"))
    assert lone_caller.post("/locations", bad, 422, **once("order 1")) == first
    assert lone_caller.answer.headers[REPLAYED] == "true"


def test_another_call_with_the_same_word_is_refused(lone_caller: Caller, lone_system: System) -> None:
    lone_caller.post("/locations", location(), **once("order 1"))
    for path, body in (("/locations", location(2)), ("/locations/cease", location()), ("/locations", [location()])):
        found = lone_caller.post(path, body, 422, **once("order 1"))
        assert [(p["code"], p["field"]) for p in found["problems"]] == [("J03", HEADER)]
    assert registrations(lone_system) == 1


def test_each_key_has_words_of_its_own(new_caller: MakeCaller, lone_system: System) -> None:
    one, other = new_caller(), new_caller()
    one.post("/locations", location(1), **once("order 1"))
    assert other.post("/locations", location(2), **once("order 1"))["accepted"] == 1
    assert registrations(lone_system) == 2


@pytest.mark.parametrize("word", ["", "x" * 201, "tab\there"])
def test_a_word_that_is_none_is_refused(lone_caller: Caller, lone_system: System, word: str) -> None:
    found = lone_caller.post("/locations", location(), 422, **once(word))
    assert [p["code"] for p in found["problems"]] == ["J04"]
    assert registrations(lone_system) == 0


def test_a_check_takes_no_word_and_keeps_nothing(lone_caller: Caller, lone_system: System) -> None:
    lone_caller.post("/locations/check", location(), **once("order 1"))
    lone_caller.post("/locations/check", location(2), **once("order 1"))
    assert kept(lone_system) == []


def test_an_upload_is_one_too(lone_caller: Caller) -> None:
    def send(content: bytes, status: int = 202):
        return lone_caller.send("POST", "/imports", content, status, **once("file 1"), **{"Content-Type": "text/csv"})

    first = send(CSV)
    where = lone_caller.answer.headers["Location"]
    assert send(CSV) == first
    assert lone_caller.answer.headers["Location"] == where
    send(CSV + b"\r\n", 422)
    assert len(lone_caller.get("/imports")["items"]) == 1


def test_what_is_kept_of_an_answer_can_be_read_by_nobody_else(lone_caller: Caller, lone_system: System) -> None:
    lone_caller.post("/locations", location(), **once("for Pennant House"))
    (row,) = kept(lone_system)
    for column in (row.word, row.digest, row.answer):
        for personal in ("PENNANT", "Pennant", "01632960001", "for "):
            assert personal not in column


def test_of_many_that_come_at_the_same_moment_one_is_done(system: System) -> None:
    app = make_app(system)
    key = owners_key(system)
    together = 6
    barrier = Barrier(together)

    def call(_: int) -> tuple[int, str]:
        client = app.test_client()
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", **once("one order")}
        barrier.wait()
        answer = client.post(f"{PREFIX}/locations", data=json.dumps(location()), headers=headers)
        return answer.status_code, answer.get_data(as_text=True)

    with ThreadPoolExecutor(together) as pool:
        answers = list(pool.map(call, range(together)))
    assert {status for status, _ in answers} <= {200, 409}, answers
    done = {text for status, text in answers if status == 200}
    assert len(done) == 1, "whoever is answered is answered the same"
    assert json.loads(done.pop())["accepted"] == 1
    assert registrations(system) == 1


def test_a_call_that_broke_off_is_told_of_honestly(
    caller: Caller, system: System, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """As if the process had died."""

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("app.api.once.end_call", die)
        with pytest.raises(Killed):
            caller.post("/locations", location(), **once("order 1"))
    assert "at work" in caller.post("/locations", location(), 409, **once("order 1"))["detail"]
    clock.advance(BROKEN_OFF_AFTER)
    told = caller.post("/locations", location(), 409, **once("order 1"))
    assert "broke off" in told["detail"]
    assert told["code"] == "E07"
    assert caller.post("/locations", location(), **once("order 2"))["unchanged"] == 1, "it had been kept"
    assert registrations(system) == 1


def test_a_busy_database_lets_the_word_be_used_again(lone_caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object, **__: object) -> None:
        raise Busy("somebody else is writing")

    with monkeypatch.context() as patched:
        patched.setattr("app.api.locations.register_locations", busy)
        lone_caller.post("/locations", location(), 503, **once("order 1"))
    assert lone_caller.post("/locations", location(), **once("order 1"))["accepted"] == 1
    assert REPLAYED not in lone_caller.answer.headers


def test_a_fault_of_ours_is_the_answer_as_well(lone_caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("x")

    with monkeypatch.context() as patched:
        patched.setattr("app.api.locations.register_locations", fail)
        first = lone_caller.post("/locations", location(), 500, **once("order 1"))
    assert lone_caller.post("/locations", location(), 500, **once("order 1")) == first


def test_an_answer_that_cannot_be_kept_goes_out_all_the_same(
    lone_caller: Caller, lone_system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise Busy("somebody else is writing")

    with monkeypatch.context() as patched:
        patched.setattr("app.api.once.end_call", busy)
        assert lone_caller.post("/locations", location(), **once("order 1"))["accepted"] == 1
    lone_caller.post("/locations", location(), 409, **once("order 1"))
    assert registrations(lone_system) == 1


def test_a_word_is_free_again_after_a_day(caller: Caller, system: System, clock: FixedClock) -> None:
    caller.post("/locations", location(), **once("order 1"))
    clock.advance(KEPT_FOR - timedelta(seconds=1))
    assert expire_idempotency(system) == 0
    clock.advance(timedelta(seconds=1))
    assert caller.post("/locations", location(2), **once("order 1"))["accepted"] == 1, "also before the job has run"
    clock.advance(KEPT_FOR)
    assert expire_idempotency(system) == 1
    assert expire_idempotency(system) == 0
    assert kept(system) == []


def test_a_call_whose_answer_was_damaged_calls_a_person(lone_caller: Caller, lone_system: System) -> None:
    lone_caller.post("/locations", location(), **once("order 1"))
    with lone_system.database.unit_of_work() as work:
        work.session.execute(update(IdempotentCall).values(answer="bm90aGluZw=="))
        work.commit()
    assert lone_caller.post("/locations", location(), 409, **once("order 1"))["code"] == "E07"


def test_a_person_has_no_words(lone_system: System) -> None:
    assert STAFF.account_id != ACCOUNT
    with pytest.raises(NotAllowed):
        begin_call(lone_system, STAFF, "order 1", b"")
