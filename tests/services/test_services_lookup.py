"""The look-up of U6: recorded before it is answered, by index, and from elsewhere when the database is down."""

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import SQLAlchemyError
from stage import Stage, number

from app.audit.log import read_values
from app.db.engine import Database
from app.domain.actors import Actor, Role
from app.domain.look_ups import CALL_BACKS, REASONS, CallBack, LookUpReason
from app.errors import CallAPerson, Misconfigured, NotAllowed, Refused
from app.models.audit import AuditEvent, AuditValues
from app.models.numbers import Number, NumberBlock, NumberRange
from app.services.lookup.answers import Answer, answer_query
from app.services.lookup.asking import Asking, NotRecorded
from app.services.lookup.copying import answer_from_copy, made_at, write_copy
from app.services.lookup.journal import hand_in, journal_of_copy, journal_of_replica
from app.services.lookup.keeping import keep_look_ups
from app.services.lookup.looking import look_up, look_up_without
from validators.numbers import read_number

WRITTEN = ("01632960501", "01632 960 501", "+44 1632 960501", "(01632) 960-501", "00441632960501")


def asking(place: int | str = 1, **other: str) -> Asking:
    telephone = place if isinstance(place, str) else number(place)
    said = {"reason": "call_now", "call_back": "yes", "asked_by": "Sergeant Okoro, police control"} | other
    return Asking(telephone, **said)


def looked(stage: Stage, place: int | str = 1, **other: str) -> Answer:
    return look_up(stage.system, stage.staff, asking(place, **other))


def entries(stage: Stage, action: str) -> list[AuditEvent]:
    return [event for event in stage.all(AuditEvent) if event.action == action]


def with_settings(stage: Stage, **settings: str) -> Stage:
    """The same database with other settings."""
    return open_again(stage, stage.system.database, settings)


def open_again(stage: Stage, database: Database, changes: dict[str, str]) -> Stage:
    settings = replace(stage.system.settings, **changes)
    return replace(stage, system=replace(stage.system, settings=settings, database=database))


def away(stage: Stage, tmp_path: Path, **settings: str) -> Stage:
    """The same installation, whose database does not answer."""
    gone = Database(f"sqlite:///{tmp_path / 'gone' / 'eld.db'}")
    return open_again(stage, gone, settings)


def test_it_is_answered_with_what_the_agent_holds(stage: Stage) -> None:
    stage.live(1)
    found = looked(stage)
    assert found.held is not None
    assert (found.held["postcode"], found.held["premises"]) == ("LS11 5DF", "PENNANT HOUSE")
    assert (found.status, found.held_state, found.wanted, found.ends) == ("live", "live", None, False)
    assert (found.account, found.parent_cupid, found.child_cupid, found.line_type) == ("Hartwell Ltd", "999", "999", "")
    assert found.since == found.held_since == stage.clock.now().isoformat()


def test_what_is_wanted_is_told_where_it_differs(stage: Stage) -> None:
    stage.live(1)
    stage.register(1, premises="Unit 3")
    found = looked(stage)
    assert found.held is not None
    assert found.wanted is not None
    assert (found.held["premises"], found.wanted["premises"]) == ("PENNANT HOUSE", "UNIT 3")
    stage.register(2)
    other = looked(stage, 2)
    assert (other.held, other.held_state) == (None, "none")
    assert other.wanted is not None


@pytest.mark.parametrize("typed", WRITTEN)
def test_a_number_may_be_written_any_way(sqlite_stage: Stage, typed: str) -> None:
    sqlite_stage.register(501)
    assert number(501) == "01632960501"
    assert looked(sqlite_stage, typed).known


def test_it_stands_in_the_trail_with_who_asked(stage: Stage) -> None:
    stage.live(1)
    looked(stage, words="Log 4471", reason="other")
    (event,) = entries(stage, "number_looked_up")
    assert json.loads(event.detail) == {"reason": "other", "call_back": "yes"}
    assert (event.subject_kind, event.subject_id) == ("number", str(stage.number_id(1)))
    with stage.system.database.reading() as look:
        values = look.session.scalars(
            select(AuditValues.values).where(AuditValues.seq == event.seq, AuditValues.part == "values")
        ).one()
    assert read_values(values) == {
        "number": read_number(number(1)),
        "asked_by": "Sergeant Okoro, police control",
        "words": "Log 4471",
    }


BROKEN = [CallAPerson("lost"), OSError(28, "No space left on device"), SQLAlchemyError("refused")]


@pytest.mark.parametrize("fault", BROKEN, ids=lambda fault: type(fault).__name__)
def test_what_cannot_be_recorded_is_refused(
    sqlite_stage: Stage, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    sqlite_stage.live(1)
    asked = []

    def broken(*_: object) -> None:
        raise fault

    monkeypatch.setattr("app.services.lookup.looking.find_answer", lambda *_: asked.append(1))
    with monkeypatch.context() as trail:
        trail.setattr("app.audit.log._write", broken)
        with pytest.raises(NotRecorded):
            looked(sqlite_stage)
    assert asked == []
    assert entries(sqlite_stage, "number_looked_up") == []


def test_without_the_keys_of_the_trail_it_is_refused(stage: Stage) -> None:
    stage.live(1)
    key_dir = stage.system.settings.key_dir
    key_dir.rename(key_dir.with_name("elsewhere"))
    with pytest.raises(NotRecorded):
        looked(stage)
    assert entries(stage, "number_looked_up") == []
    shutil.rmtree(key_dir)
    key_dir.with_name("elsewhere").rename(key_dir)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"number": "nonsense"}, "number"),
        ({"number": "999"}, "number"),
        ({"reason": "curiosity"}, "reason"),
        ({"reason": "other", "words": " "}, "words"),
        ({"call_back": ""}, "call_back"),
        ({"asked_by": " "}, "asked_by"),
        ({"words": "x" * 501}, "words"),
    ],
)
def test_a_look_up_is_whole_or_refused(sqlite_stage: Stage, wrong: dict[str, str], field: str) -> None:
    said = {"number": number(1), "reason": "call_now", "call_back": "no", "asked_by": "Control"} | wrong
    with pytest.raises(Refused) as refused:
        look_up(sqlite_stage.system, sqlite_stage.staff, Asking(**said))
    assert [problem.field for problem in refused.value.problems] == [field]
    assert entries(sqlite_stage, "number_looked_up") == []


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.PRIVACY, Role.AUDITOR, Role.ADMINISTRATOR])
def test_operations_alone_look_up(sqlite_stage: Stage, role: Role) -> None:
    somebody = Actor("x@example.com", role, sqlite_stage.account if role is Role.CUSTOMER else None, 3)
    with pytest.raises(NotAllowed):
        look_up(sqlite_stage.system, somebody, asking())
    with pytest.raises(NotAllowed):
        look_up_without(sqlite_stage.system.settings, sqlite_stage.clock, somebody, asking(), Path("copy"))
    with pytest.raises(NotAllowed):
        write_copy(sqlite_stage.system, somebody, Path("copy"))


def test_a_number_that_is_not_ours_says_whose_it_is(stage: Stage) -> None:
    block = {"series": "S1", "digits": [10], "status": "Allocated", "allocated_on": None}
    stage.execute(insert(NumberBlock).values(prefix="1632960", holder="Other Telecom Ltd", **block))
    stage.execute(insert(NumberRange).values(start=441134960000, end=441134960999, child_cupid="", line_type=""))
    theirs = looked(stage, "01632 960777")
    assert (theirs.known, theirs.own_range, theirs.holder) == (False, False, "Other Telecom Ltd")
    ours = looked(stage, "0113 496 0777")
    assert (ours.known, ours.own_range, ours.holder) == (False, True, "")
    copy = stage.root / "copy.db"
    write_copy(stage.system, stage.staff, copy)
    for typed in ("01632 960777", "0113 496 0777"):
        kept = answer_from_copy(stage.system.settings, copy, str(read_number(typed)))
        told = looked(stage, typed)
        assert (kept.known, kept.own_range, kept.holder) == (told.known, told.own_range, told.holder)
    assert [event.subject_kind for event in entries(stage, "number_looked_up")] == ["installation"] * 4


def test_the_question_goes_by_indexes(stage: Stage) -> None:
    for place in range(1, 6):
        stage.register(place)
    statement = answer_query(stage.today, Number.number == "+441632960001")
    with stage.system.database.reading() as look:
        bind = look.session.connection()
        written = str(statement.compile(bind, compile_kwargs={"literal_binds": True}))
        if bind.dialect.name == "sqlite":
            plan = [row[3] for row in bind.execute(text(f"EXPLAIN QUERY PLAN {written}"))]
            assert [step for step in plan if step.startswith("SCAN") and "CONSTANT" not in step] == []
        else:
            # So few rows are read as quickly without an index: only what could not go by one is of interest.
            bind.execute(text("SET LOCAL enable_seqscan = off"))
            plan = [row[0] for row in bind.execute(text(f"EXPLAIN {written.replace('%', '%%')}"))]
            assert [step for step in plan if "Seq Scan" in step] == []
    assert plan


def test_a_copy_answers_while_the_database_is_gone(stage: Stage, tmp_path: Path) -> None:
    stage.live(1)
    stage.register(2)
    copy = stage.root / "copy.db"
    made = write_copy(stage.system, stage.staff, copy)
    before = [looked(stage, place) for place in (1, 2)]
    assert (made.numbers, made_at(copy)) == (2, stage.clock.now())
    gone = away(stage, tmp_path)
    stage.clock.advance(timedelta(hours=5))
    for place, told in zip((1, 2), before, strict=True):
        found = look_up_without(gone.system.settings, gone.clock, gone.cli, asking(place), copy)
        assert (found.held, found.wanted, found.status) == (told.held, told.wanted, told.status)
        assert (found.source, found.as_of) == ("copy", made.made_at.isoformat())
    assert journal_of_copy(copy).stat().st_mode & 0o777 == 0o600


def test_nobody_reads_a_copy_without_its_key(sqlite_stage: Stage) -> None:
    sqlite_stage.live(1)
    copy = sqlite_stage.root / "copy.db"
    write_copy(sqlite_stage.system, sqlite_stage.staff, copy)
    assert copy.stat().st_mode & 0o777 == 0o600
    content = copy.read_bytes()
    for word in (b"PENNANT", b"LS11", b"960001", b"HARTWELL", b"Hartwell"):
        assert word not in content
    (sqlite_stage.system.settings.key_dir / "look-up.ring").unlink()
    with pytest.raises(Misconfigured):
        look_up_without(sqlite_stage.system.settings, sqlite_stage.clock, sqlite_stage.cli, asking(), copy)
    assert not journal_of_copy(copy).exists()


def test_a_copy_that_is_damaged_or_of_another_installation_answers_nothing(sqlite_stage: Stage) -> None:
    sqlite_stage.live(1)
    copy = sqlite_stage.root / "copy.db"
    write_copy(sqlite_stage.system, sqlite_stage.staff, copy)
    other = with_settings(sqlite_stage, environment="live")
    with pytest.raises(Misconfigured):
        look_up_without(other.system.settings, other.clock, other.cli, asking(), copy)
    copy.write_bytes(copy.read_bytes()[:3000] + b"\0" * 3000)
    with pytest.raises(CallAPerson):
        look_up_without(sqlite_stage.system.settings, sqlite_stage.clock, sqlite_stage.cli, asking(), copy)
    with pytest.raises(Refused):  # nothing is overwritten that is no copy
        write_copy(sqlite_stage.system, sqlite_stage.staff, copy)


def test_a_copy_takes_the_place_of_an_older_one_whole(sqlite_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    sqlite_stage.live(1)
    copy = sqlite_stage.root / "copy.db"
    write_copy(sqlite_stage.system, sqlite_stage.staff, copy)
    content = copy.read_bytes()

    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.services.lookup.copying.all_answers", broken)
    with pytest.raises(OSError, match="No space"):
        write_copy(sqlite_stage.system, sqlite_stage.staff, copy)
    assert copy.read_bytes() == content
    assert list(copy.parent.glob("*.part")) == []


def test_the_page_falls_back_to_the_replica_and_to_the_copy(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.lookup.looking.PATIENCE_SECONDS", 60.0)  # the machine may be busy
    stage.live(1)
    url = stage.system.database.url.render_as_string(hide_password=False)
    copy = stage.root / "copy.db"
    write_copy(stage.system, stage.staff, copy)
    found = looked(away(stage, tmp_path, lookup_database_url=url, lookup_copy=str(copy)))
    assert (found.source, found.held_state) == ("replica", "live")
    assert found.as_of == stage.clock.now().isoformat()
    nowhere = f"sqlite:///{tmp_path / 'nowhere' / 'eld.db'}"
    found = looked(away(stage, tmp_path, lookup_database_url=nowhere, lookup_copy=str(copy)))
    assert (found.source, found.held_state) == ("copy", "live")
    with pytest.raises(NotRecorded):
        looked(away(stage, tmp_path))
    assert entries(stage, "number_looked_up") == []
    assert hand_in(with_settings(stage, lookup_copy=str(copy)).system, stage.staff).new == 2


def test_a_database_that_hangs_is_not_waited_for(
    sqlite_stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqlite_stage.live(1)
    copy = sqlite_stage.root / "copy.db"
    write_copy(sqlite_stage.system, sqlite_stage.staff, copy)
    hangs = Event()
    monkeypatch.setattr("app.services.lookup.looking.PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr("app.services.lookup.looking._in_the_trail", lambda *_: hangs.wait(60))
    found = looked(away(sqlite_stage, tmp_path, lookup_copy=str(copy)))
    hangs.set()
    assert (found.source, found.held_state) == ("copy", "live")


def test_without_its_journal_no_copy_answers(sqlite_stage: Stage) -> None:
    sqlite_stage.live(1)
    copy = sqlite_stage.root / "copy.db"
    write_copy(sqlite_stage.system, sqlite_stage.staff, copy)
    journal_of_copy(copy).mkdir()
    with pytest.raises(NotRecorded):
        look_up_without(sqlite_stage.system.settings, sqlite_stage.clock, sqlite_stage.cli, asking(), copy)


def test_a_journal_comes_into_the_trail_once(stage: Stage) -> None:
    stage.live(1)
    copy = stage.root / "copy.db"
    write_copy(stage.system, stage.staff, copy)
    settings, journal = stage.system.settings, journal_of_copy(copy)
    look_up_without(settings, stage.clock, stage.cli, asking(1, words="Log 1"), copy)
    look_up_without(settings, stage.clock, stage.cli, asking("01632 960777", call_back="not_possible"), copy)
    at, kept = stage.clock.now(), journal.read_bytes()
    stage.clock.advance(timedelta(hours=7))
    assert hand_in(stage.system, stage.staff, [journal]).new == 2
    assert journal.read_bytes() == b""
    journal.write_bytes(kept * 2)
    done = hand_in(stage.system, stage.second, [journal])
    assert (done.new, done.known) == (0, 4)
    first, other = entries(stage, "look_up_handed_in")
    detail = json.loads(first.detail)
    assert (detail["looked_up_at"], detail["looked_up_by"]) == (at.isoformat(), "cli:test")
    assert (detail["source"], detail["reason"], detail["call_back"]) == ("copy", "call_now", "yes")
    assert (first.subject_kind, first.subject_id) == ("number", str(stage.number_id(1)))
    assert (other.subject_kind, json.loads(other.detail)["call_back"]) == ("installation", "not_possible")


def test_a_journal_that_was_changed_comes_in_not_at_all(sqlite_stage: Stage) -> None:
    journal = journal_of_replica(sqlite_stage.system.settings)
    journal.write_text('{"kind":"look-up","id":"00","at":"2027-03-03T12:00:00+00:00"}\n')
    with pytest.raises(CallAPerson):
        hand_in(sqlite_stage.system, sqlite_stage.staff)
    assert entries(sqlite_stage, "look_up_handed_in") == []
    assert journal.read_text() != ""


def test_the_scheduler_keeps_a_copy_of_the_day(sqlite_stage: Stage) -> None:
    sqlite_stage.live(1)
    copy = sqlite_stage.root / "copies" / "copy.db"
    copy.parent.mkdir()
    system = with_settings(sqlite_stage, lookup_copy=str(copy)).system
    assert keep_look_ups(sqlite_stage.system) is None
    first = keep_look_ups(system)
    assert first is not None
    assert keep_look_ups(system) is None
    look_up_without(system.settings, sqlite_stage.clock, sqlite_stage.cli, asking(1), copy)
    sqlite_stage.tomorrow()
    assert keep_look_ups(system) is not None
    assert made_at(copy) == sqlite_stage.clock.now()
    assert len(entries(sqlite_stage, "look_up_handed_in")) == 1


def test_the_closed_lists_have_words() -> None:
    assert set(REASONS) == set(LookUpReason)
    assert set(CALL_BACKS) == set(CallBack)
