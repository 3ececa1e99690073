"""Enquiries without an account: asked, answered, seen by a link, objected to, withdrawn, erased in their time."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import MetaData, select, text
from stage import Stage
from stage_people import ELSEWHERE, HOME

from app.audit.events import Action
from app.domain.actors import Actor, Role
from app.domain.enquiries import CONSENT_VERSION, EnquiryErased, EnquiryState
from app.errors import Conflict, NotAllowed, NotFound, Refused
from app.models.audit import AuditEvent
from app.models.enquiries import Enquiry
from app.services.enquiries.asking import TooOften, consent_words, make_enquiry, object_to, see_own, withdraw
from app.services.enquiries.keeping import expire_enquiries, subject_key
from app.services.enquiries.typed import TypedEnquiry
from app.services.enquiries.working import (
    answer_enquiry,
    close_enquiry,
    erase_on_request,
    list_enquiries,
    note_enquiry,
    show_enquiry,
)
from app.services.people.letters import Letter
from app.services.people.mail import list_waiting, show_waiting

TYPED = TypedEnquiry(
    topic="sales",
    interest="numbers",
    name="Robin Ashdown",
    email="robin@ashdown.example",
    telephone="+44 1632 960877",
    business_name="Ashdown Saddlers",
    message="Can forty numbers move in one go?",
    consent=True,
)
ANSWER, NOTE = "Forty are no trouble at all.", "Rang back, left word with the yard"
TOLD = {name: getattr(TYPED, name) for name in ("name", "email", "telephone", "business_name", "message")}
PERSONAL = (*TOLD.values(), ANSWER, NOTE)
PRIVACY = Actor("pat@operations.example", Role.PRIVACY, None, 99, "192.0.2.9")


def letters(stage: Stage) -> list[Letter]:
    return show_waiting(stage.system, stage.cli)


def token(letter: Letter) -> str:
    found = re.search(r"/enquiries/yours/([0-9A-Za-z_-]{43})\b", letter.text)
    assert found is not None, letter.text
    return found[1]


def asked(stage: Stage, **changes: object) -> tuple[int, str]:
    enquiry_id = make_enquiry(stage.system, replace(TYPED, **changes), HOME)
    return enquiry_id, token(letters(stage)[-1])


def whole_database(stage: Stage) -> str:
    """Everything that lies in any table, as text."""
    with stage.system.database.reading() as look:
        tables = MetaData()
        tables.reflect(look.session.connection())
        return "\n".join(
            str(tuple(row))
            for name in tables.tables
            for row in look.session.execute(text(f'SELECT * FROM "{name}"'))  # noqa: S608  our own tables' names
        )


def test_an_enquiry_is_kept_with_the_words_that_were_agreed_to(stage: Stage) -> None:
    enquiry_id, _ = asked(stage)
    shown = show_enquiry(stage.system, stage.staff, enquiry_id)
    assert {name: shown[name] for name in TOLD} == TOLD
    assert (shown["topic"], shown["interest"], shown["state"]) == ("sales", "numbers", "open")
    assert shown["consent_text"] == consent_words(stage.system)
    assert "Numbergroup" in shown["consent_text"]
    assert (shown["consent_version"], shown["consent_at"]) == (CONSENT_VERSION, stage.clock.now().isoformat())
    assert stage.events()[-3:-1] == ["enquiry_made", "mails_shown"]
    assert stage.events()[-1] == "personal_data_read"


def test_nothing_is_kept_of_where_an_enquiry_came_from(stage: Stage) -> None:
    asked(stage)
    assert HOME.origin not in whole_database(stage)


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_kept(stage: Stage) -> None:
    wrong = TypedEnquiry(email="robin", telephone="ring me", message="x" * 4001, website="http://seo.example")
    with pytest.raises(Refused) as refused:
        make_enquiry(stage.system, wrong, HOME)
    assert {(problem.code, problem.field) for problem in refused.value.problems} == {
        ("Q01", "topic"),
        ("Q01", "interest"),
        ("B07", "name"),
        ("B03", "email"),
        ("Q02", "telephone"),
        ("Q02", "message"),
        ("Q03", "consent"),
        ("Q04", "website"),
    }
    with pytest.raises(Refused, match="missing"):
        make_enquiry(stage.system, replace(TYPED, message=" \r\n "), HOME)
    with pytest.raises(Refused, match="printed"):
        make_enquiry(stage.system, replace(TYPED, message="a\x00b"), HOME)
    assert stage.all(Enquiry) == []


def test_its_maker_sees_it_by_the_link_as_often_as_they_like(stage: Stage) -> None:
    enquiry_id, first = asked(stage)
    note_enquiry(stage.system, stage.staff, enquiry_id, NOTE)
    answer_enquiry(stage.system, stage.staff, enquiry_id, ANSWER)
    (letter,) = letters(stage)
    assert (letter.to, ANSWER in letter.text) == (TYPED.email, True)
    assert NOTE not in letter.text
    for link in (first, token(letter), first):
        own = see_own(stage.system, link)
        assert own is not None
        assert (own.name, own.message, own.consent_text) == (TYPED.name, TYPED.message, consent_words(stage.system))
        assert [said for _, said in own.answers] == [ANSWER]
        assert NOTE not in str(own)
    assert see_own(stage.system, first[:-1]) is None


def test_what_the_public_may_read_names_no_enquiry(stage: Stage) -> None:
    enquiry_id, _ = asked(stage)
    for role in (Role.AUDITOR, Role.ADMINISTRATOR, Role.CUSTOMER):
        stranger = replace(stage.customer, role=role)
        for act in (
            lambda who: list_enquiries(stage.system, who),
            lambda who: show_enquiry(stage.system, who, enquiry_id),
            lambda who: answer_enquiry(stage.system, who, enquiry_id, ANSWER),
            lambda who: note_enquiry(stage.system, who, enquiry_id, NOTE),
            lambda who: close_enquiry(stage.system, who, enquiry_id),
            lambda who: erase_on_request(stage.system, who, enquiry_id),
        ):
            with pytest.raises(NotAllowed):
                act(stranger)
    assert list_enquiries(stage.system, PRIVACY).counts[EnquiryState.OPEN] == 1


def test_it_is_listed_by_its_state(stage: Stage) -> None:
    first, _ = asked(stage)
    second, _ = asked(stage, email="other@ashdown.example")
    answer_enquiry(stage.system, stage.staff, second, ANSWER)
    assert [one["id"] for one in list_enquiries(stage.system, stage.staff).enquiries] == [first]
    assert [one["id"] for one in list_enquiries(stage.system, PRIVACY, EnquiryState.ANSWERED).enquiries] == [second]
    close_enquiry(stage.system, stage.staff, first)
    page = list_enquiries(stage.system, stage.staff, None, 2, per_page=1)
    assert (page.pages, [one["id"] for one in page.enquiries]) == (2, [second])
    assert page.counts == {EnquiryState.OPEN: 0, EnquiryState.ANSWERED: 1, EnquiryState.CLOSED: 1}
    for act in (answer_enquiry, lambda *who: close_enquiry(*who[:3])):
        with pytest.raises(Conflict):
            act(stage.system, stage.staff, first, ANSWER)


def test_an_answer_and_a_note_say_something(stage: Stage) -> None:
    enquiry_id, _ = asked(stage)
    for act, most in ((answer_enquiry, 4000), (note_enquiry, 1000)):
        for wrong in ("", "x" * (most + 1)):
            with pytest.raises(Refused):
                act(stage.system, stage.staff, enquiry_id, wrong)


def test_who_objects_is_written_to_no_more_and_sees_it_still(stage: Stage) -> None:
    enquiry_id, link = asked(stage)
    answer_enquiry(stage.system, stage.staff, enquiry_id, ANSWER)
    object_to(stage.system, link)
    object_to(stage.system, link)
    assert list_waiting(stage.system, stage.cli) == []
    with pytest.raises(Conflict, match="objected"):
        answer_enquiry(stage.system, stage.staff, enquiry_id, ANSWER)
    own = see_own(stage.system, link)
    assert own is not None
    assert (own.state, own.objected_at) == (EnquiryState.CLOSED, stage.clock.now())
    assert stage.events().count("enquiry_objected") == 1
    assert stage.system.clock.now() + timedelta(days=180) == own.erased_on


def test_withdrawal_erases_everything_at_once_and_the_trail_verifies(stage: Stage) -> None:
    enquiry_id, link = asked(stage)
    note_enquiry(stage.system, stage.staff, enquiry_id, NOTE)
    answer_enquiry(stage.system, stage.staff, enquiry_id, ANSWER)  # its mail still waits
    before = whole_database(stage)
    assert [value for value in PERSONAL if value not in before] == []
    withdraw(stage.system, link)
    after = whole_database(stage)
    assert [value for value in PERSONAL if value in after] == []
    assert list_waiting(stage.system, stage.cli) == []
    assert not stage.system.keys.exists(subject_key(enquiry_id))
    stage.check_trail()
    for act in (object_to, withdraw):
        with pytest.raises(NotFound):
            act(stage.system, link)
    assert see_own(stage.system, link) is None
    for act in (show_enquiry, close_enquiry, erase_on_request):
        with pytest.raises(NotFound):
            act(stage.system, stage.staff, enquiry_id)
    (row,) = stage.all(Enquiry)
    assert (row.state, row.erased_why, row.erased_at) == (
        EnquiryState.ERASED,
        EnquiryErased.WITHDRAWN,
        stage.clock.now(),
    )
    assert stage.events()[-2:] == ["enquiry_erased", "values_erased"]
    told = stage.all(AuditEvent)[-2]
    assert (told.subject_id, told.detail, told.actor) == (str(enquiry_id), '{"why":"withdrawn"}', "web")
    another, _ = asked(stage)
    assert another != enquiry_id


def test_a_withdrawal_by_telephone_is_worked_by_staff(stage: Stage) -> None:
    enquiry_id, _ = asked(stage)
    erase_on_request(stage.system, PRIVACY, enquiry_id)
    assert TYPED.email not in whole_database(stage)
    assert stage.all(AuditEvent)[-2].role == Role.PRIVACY


def test_in_its_time_an_enquiry_is_erased_counted_from_the_last_touch(stage: Stage) -> None:
    old, _ = asked(stage)
    touched, _ = asked(stage, email="other@ashdown.example")
    stage.clock.advance(timedelta(days=100))
    close_enquiry(stage.system, stage.staff, touched)
    stage.clock.advance(timedelta(days=80))
    assert expire_enquiries(stage.system) == 0
    stage.clock.advance(timedelta(seconds=1))
    assert expire_enquiries(stage.system) == 1
    assert [row.id for row in stage.all(Enquiry) if row.state is EnquiryState.ERASED] == [old]
    assert stage.all(Enquiry)[0].erased_why is EnquiryErased.EXPIRED
    assert TYPED.email not in whole_database(stage)
    stage.clock.advance(timedelta(days=100))
    assert expire_enquiries(stage.system) == 1
    assert expire_enquiries(stage.system) == 0
    assert "other@ashdown.example" not in whole_database(stage)


def test_a_key_that_outlived_its_enquiry_goes_with_the_next_expiry(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    enquiry_id, link = asked(stage)
    with monkeypatch.context() as dying:
        dying.setattr("app.services.enquiries.keeping._destroy_key", lambda *_: None)
        withdraw(stage.system, link)
    kept, _ = asked(stage)
    assert stage.system.keys.exists(subject_key(enquiry_id))
    assert expire_enquiries(stage.system) == 0
    assert not stage.system.keys.exists(subject_key(enquiry_id))
    assert stage.system.keys.exists(subject_key(kept))


def test_who_sends_many_has_to_wait_and_nothing_of_them_is_kept(stage: Stage) -> None:
    for place in range(10):
        make_enquiry(stage.system, replace(TYPED, email=f"robin{place}@ashdown.example"), HOME)
    with pytest.raises(TooOften, match="in 1 minute"):
        make_enquiry(stage.system, TYPED, HOME)
    make_enquiry(stage.system, TYPED, ELSEWHERE)
    assert len(stage.all(Enquiry)) == 11
    stage.clock.advance(timedelta(minutes=1))
    make_enquiry(stage.system, TYPED, HOME)
    with pytest.raises(TooOften, match="in 2 minutes"):
        make_enquiry(stage.system, TYPED, HOME)


def test_no_address_is_filled_with_mails_from_everywhere(stage: Stage) -> None:
    for place in range(3):
        make_enquiry(stage.system, TYPED, replace(HOME, origin=f"192.0.2.{60 + place}"))
    with pytest.raises(TooOften):
        make_enquiry(stage.system, replace(TYPED, email=TYPED.email.upper()), replace(HOME, origin="192.0.2.99"))
    assert len(letters(stage)) == 3


def test_what_staff_read_stands_in_the_trail(stage: Stage) -> None:
    enquiry_id, link = asked(stage)
    list_enquiries(stage.system, stage.staff, EnquiryState.CLOSED)
    see_own(stage.system, link)
    assert Action.PERSONAL_DATA_READ not in stage.events()
    list_enquiries(stage.system, stage.staff)
    show_enquiry(stage.system, stage.staff, enquiry_id)
    with stage.system.database.reading() as look:
        read = look.session.scalars(select(AuditEvent).where(AuditEvent.action == "personal_data_read")).all()
        assert [event.subject_kind for event in read] == ["installation", "enquiry"]
