"""The trail as people page it: narrowed, its state, and one entry opened with what was not erased."""

from datetime import timedelta

import pytest
from sqlalchemy import text, update
from stage import Stage

from app.audit.erasure import erase_values
from app.audit.events import Action
from app.domain.actors import Actor, Role
from app.errors import CallAPerson, NotAllowed, NotFound
from app.models.audit import AuditEvent
from app.services.system import System
from app.services.trail import actions_used, list_events, names_of
from app.services.trail_entry import ERASED, HELD, WITHHELD, open_entry
from app.services.trail_state import trail_state, verify_daily, verify_now

PRIVACY = Actor("privacy@operations.example", Role.PRIVACY, user_id=2)
ADMINISTRATOR = Actor("admin@operations.example", Role.ADMINISTRATOR, user_id=2)


@pytest.fixture
def told(stage: Stage) -> Stage:
    """Entries of two days: two registrations and a file on the first, one registration on the second."""
    stage.register(1)
    stage.register(2)
    stage.night()
    stage.tomorrow()
    stage.register(3)
    return stage


def test_it_is_narrowed_by_what_who_about_and_when(told: Stage) -> None:
    def found(**given) -> list[str]:
        return [event["action"] for event in list_events(told.system, told.staff, **given).events]

    assert len(found(action="location_submitted")) == 3
    assert len(found(actor_name=told.customer.name)) == len(found(actor_name=f"user-{told.customer.user_id}")) == 3
    assert found(actor_name="nobody@hartwell.example") == []
    assert set(found(subject=("file", ""))) == {"file_extracted", "file_delivered"}
    assert len(found(subject=("file", "1"))) == 2
    assert found(subject=("file", "2")) == []
    assert found(subject=("file", "\0")) == found(actor_name="\0") == found(action="\0") == []
    second, first = told.today, told.today - timedelta(days=1)
    assert found(days=(second, None)) == ["location_submitted"]
    assert len(found(days=(None, first))) == len(found()) - 1
    assert found(days=(first, second)) == found()
    assert found(days=(second + timedelta(days=1), None)) == []
    assert len(found(action="location_submitted", days=(first, first))) == 2


def test_only_actions_that_stand_there_are_offered(told: Stage) -> None:
    assert set(map(str, actions_used(told.system, told.staff))) == set(told.events())


def test_people_are_named_by_their_address(told: Stage) -> None:
    who = f"user-{told.customer.user_id}"
    assert names_of(told.system, told.staff, [who, "scheduler", "user-x"]) == {who: told.customer.name}


def test_its_state_says_how_long_when_verified_and_where_anchored(told: Stage) -> None:
    before = trail_state(told.system, told.staff)
    assert (before.entries, before.verified_at, before.verified_ok) == (len(told.events()), None, None)
    assert before.anchored_seq is not None
    assert before.anchored_at == told.clock.now() - timedelta(days=1)
    assert verify_now(told.system, told.staff).ok
    told.tomorrow()
    after = trail_state(told.system, told.staff)
    assert (after.verified_at, after.verified_ok) == (told.clock.now() - timedelta(days=1), True)
    assert after.entries == before.entries + 1


def test_the_scheduler_walks_it_once_a_day(told: Stage) -> None:
    for _ in range(3):
        verify_daily(told.system)
    assert told.events().count("trail_verified") == 1
    told.tomorrow()
    verify_daily(told.system)
    assert told.events().count("trail_verified") == 2


def test_the_scheduler_goes_on_to_say_that_it_was_altered(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    stage.register(1)
    stage.register(2)
    with stage.system.database.unit_of_work() as work:
        for trigger in work.session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            work.session.execute(text(f"DROP TRIGGER {trigger}"))
        work.commit()
    actor = stage.all(AuditEvent)[0].actor
    stage.execute(update(AuditEvent).where(AuditEvent.seq == 1).values(actor="user-9"))
    for _ in range(2):
        with pytest.raises(CallAPerson, match="entry 1"):
            verify_daily(stage.system)
    assert trail_state(stage.system, stage.staff).verified_ok is False
    opened = open_entry(stage.system, stage.staff, 1)
    assert (opened.hash_right, opened.follows) == (False, True)
    stage.execute(update(AuditEvent).where(AuditEvent.seq == 1).values(actor=actor))
    verify_daily(stage.system)
    assert trail_state(stage.system, stage.staff).verified_ok


def with_values(stage: Stage) -> int:
    return next(event.seq for event in stage.all(AuditEvent) if '"values"' in event.values_digest)


def states(system: System, actor: Actor, seq: int) -> dict[str, str]:
    return {part.name: part.state for part in open_entry(system, actor, seq).parts}


def test_an_entry_opened_shows_values_and_neighbours_and_is_noted(told: Stage) -> None:
    seq = with_values(told)
    opened = open_entry(told.system, told.staff, seq)
    assert (opened.hash_right, opened.follows) == (True, True)
    assert (opened.before, opened.after) == (seq - 1 or None, seq + 1)
    (values,) = [part.values for part in opened.parts if part.name == "values"]
    assert "Hartwell" in str(values)
    assert told.events()[-1] == str(Action.PERSONAL_DATA_READ)
    last = len(told.events())
    assert open_entry(told.system, told.staff, last).after is None
    with pytest.raises(NotFound):
        open_entry(told.system, told.staff, 10_000)


def test_who_may_not_see_personal_data_sees_that_there_is_some(told: Stage) -> None:
    seq = with_values(told)
    before = len(told.events())
    assert states(told.system, ADMINISTRATOR, seq)["values"] == WITHHELD
    assert states(told.system, PRIVACY, seq)["values"] == HELD
    assert told.events()[before:] == ["personal_data_read"] * 2, "the one saw the network address, the other the values"
    with pytest.raises(NotAllowed):
        open_entry(told.system, told.customer, seq)


def test_what_was_erased_is_said_to_be(told: Stage) -> None:
    seq = with_values(told)
    with told.system.database.unit_of_work() as work:
        erase_values(work, told.system.keys, told.clock, told.staff, f"account-{told.account}")
        work.commit()
    opened = open_entry(told.system, told.staff, seq)
    (part,) = [part for part in opened.parts if part.name == "values"]
    assert (part.state, part.values) == (ERASED, {})
    assert len(part.digest) == 64
