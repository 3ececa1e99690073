"""Mails to people: over a real server, once each, tried again in peace, and gone from here when they are sent."""

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from alarm_receivers import MailServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from stage_people import ANOTHER, EMAIL, HOME, PARTICULARS, PASSWORD, People, token_in

from app.db.locks import named_lock
from app.domain.actors import Actor, Role
from app.domain.people import LinkKind, MailKind
from app.errors import Busy, Misconfigured, NotAllowed
from app.models.people import OneTimeLink, WaitingMail
from app.services.alarms.messages import NotSent
from app.services.people.letters import PATHS, WORDS, subject_and_text
from app.services.people.mail import list_waiting, pause_after, put_mail, send_waiting, show_waiting
from app.services.people.passwords import ask_reset, reset_password
from app.services.people.post_office import Refusal
from app.services.people.signing_up import confirm_sign_up, see_sign_up, send_confirmation_again, sign_up
from app.settings import load_settings

MINUTE = timedelta(minutes=1)


@pytest.fixture
def server():
    made = MailServer()
    yield made
    made.close()


@pytest.fixture
def wired(new_stage, server, quick_hashes) -> People:  # noqa: ARG001  for its effect
    sender = "Numbers <no@numbers.example>"
    return People(new_stage(ELD_MAIL_SMTP=f"smtp://127.0.0.1:{server.port}", ELD_MAIL_FROM=sender))


class Died(BaseException):
    """The process ended in the middle."""


@dataclass
class Office:
    """A post office that misbehaves on request."""

    mode: str = "well"
    begun: list = field(default_factory=list)
    taken: list = field(default_factory=list)

    def send(self, letter):
        self.begun.append(letter.key)
        if self.mode == "down":
            raise NotSent("down")
        if self.mode == "dies before":
            raise Died
        if self.mode == "refuses":
            raise Refusal("no such person (550)", channel_down=False)
        self.taken.append(letter)
        if self.mode == "dies after":
            raise Died


def test_from_sign_up_to_reset_over_a_real_server(wired, server) -> None:
    server.open()
    sign_up(wired.system, PARTICULARS, HOME)
    assert send_waiting(wired.system) == 1
    (letter,) = server.letters
    assert (letter["To"], letter["From"]) == (EMAIL, "Numbers <no@numbers.example>")
    assert letter["Subject"] == "Confirm your e-mail address for Numbergroup"
    assert re.fullmatch(r"<[0-9a-f]{32}@numbers\.example>", letter["Message-ID"])
    assert letter["Auto-Submitted"] == "auto-generated"
    confirm_sign_up(wired.system, token_of(letter), PASSWORD, HOME)
    ask_reset(wired.system, EMAIL, HOME)
    assert send_waiting(wired.system) == 1
    reset_password(wired.system, token_of(server.letters[-1]), ANOTHER, HOME)
    assert send_waiting(wired.system) == 1
    assert server.subjects[-1] == "Your password at Numbergroup was changed"
    assert send_waiting(wired.system) == 0
    for mail in wired.stage.all(WaitingMail):
        assert (mail.outcome, mail.email, mail.facts, mail.done_at) == ("sent", "", {}, wired.clock.now())


def token_of(letter) -> str:
    found = re.search(r"/([0-9A-Za-z_-]{43})\s", letter.get_content())
    assert found is not None
    return found[1]


def test_a_server_that_is_away_gets_it_later_with_a_link_that_is_good_from_then(wired, server) -> None:
    sign_up(wired.system, PARTICULARS, HOME)
    assert send_waiting(wired.system) == 0
    (line,) = list_waiting(wired.system, wired.stage.cli)
    assert (line.tries, line.fault) == (1, "the mail server cannot be reached, or breaks off (ConnectionRefusedError)")
    server.open()
    assert send_waiting(wired.system) == 0
    wired.clock.advance(timedelta(hours=20))
    assert send_waiting(wired.system) == 1
    wired.clock.advance(timedelta(hours=23))
    assert see_sign_up(wired.system, token_of(server.letters[0])) is not None


@pytest.mark.parametrize(("answer", "outcome"), [("550 no", "refused"), ("451 later", "")])
def test_what_the_server_refuses_for_good_is_not_tried_again(wired, server, answer, outcome) -> None:
    server.answer = answer
    server.open()
    sign_up(wired.system, PARTICULARS, HOME)
    assert send_waiting(wired.system) == 0
    (mail,) = wired.stage.all(WaitingMail)
    assert (mail.outcome, mail.fault) == (outcome, f"the mail server refuses the letter ({answer[:3]})")


def test_one_address_that_is_refused_does_not_hold_the_others_up(wired, server) -> None:
    server.refused = (EMAIL,)
    server.open()
    for email in (EMAIL, "sam@quarry.example", "pöst@quarry.example"):
        sign_up(wired.system, replace(PARTICULARS, email=email), HOME)
    assert send_waiting(wired.system) >= 1
    assert "sam@quarry.example" in [letter["To"] for letter in server.letters]
    faults = {mail.fault for mail in wired.stage.all(WaitingMail)}
    assert "the mail server refuses the address (550)" in faults
    assert not any("quarry" in fault for fault in faults)


def test_without_a_server_mails_wait(people) -> None:
    sign_up(people.system, PARTICULARS, HOME)
    assert send_waiting(people.system) == 0
    assert len(list_waiting(people.system, people.stage.cli)) == 1


def test_one_process_sends_and_the_others_yield(people) -> None:
    sign_up(people.system, PARTICULARS, HOME)
    office = Office()
    with named_lock(people.system.database, "mail"), pytest.raises(Busy):
        send_waiting(people.system, office)
    assert send_waiting(people.system, office) == 1


def test_what_has_become_needless_is_not_sent(people) -> None:
    people.opened()
    for _ in range(2):
        ask_reset(people.system, EMAIL, HOME)
    first, second = people.letters()
    ask_reset(people.system, EMAIL, HOME)
    reset_password(people.system, token_in(first), ANOTHER, HOME)
    office = Office()
    people.clock.advance(timedelta(days=1))
    assert send_waiting(people.system, office) == 1
    assert [letter.subject for letter in office.taken] == ["Your password at Numbergroup was changed"]
    assert [mail.outcome for mail in people.stage.all(WaitingMail)][-2:] == ["too late", "sent"]
    assert token_in(first) != token_in(second)


def test_a_mail_sent_again_makes_its_link_anew_and_the_last_is_good(people) -> None:
    office = Office("dies after")
    handle = sign_up(people.system, PARTICULARS, HOME)
    for _ in range(3):
        with pytest.raises(Died):
            send_waiting(people.system, office)
        people.clock.advance(timedelta(hours=1))
    send_confirmation_again(people.system, handle, HOME)
    office.mode = "well"
    assert send_waiting(people.system, office) == 2
    good = [see_sign_up(people.system, token_in(letter)) is not None for letter in office.taken]
    assert good == [False, False, False, False, True]
    assert len({letter.key for letter in office.taken}) == 2


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from(["a@b.example", "c@d.example"])),
        st.tuples(st.just("mode"), st.sampled_from(["well", "down", "dies before", "dies after", "refuses"])),
        st.tuples(st.just("time"), st.sampled_from([1, 5, 61, 60 * 24])),
    ),
    max_size=15,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_fails_each_mail_comes_or_is_given_up_and_none_storms(sqlite_people, steps) -> None:
    people, office = sqlite_people, Office()
    people.stage.execute(delete(WaitingMail))
    for what, value in steps:
        if what == "put":
            with people.system.database.unit_of_work() as work:
                put_mail(work, MailKind.PASSWORD_CHANGED, value, people.clock.now(), at=people.clock.now().isoformat())
                work.commit()
        elif what == "time":
            people.clock.advance(timedelta(minutes=value))
        else:
            office.mode = value
        look(people, office)
    office.mode = "well"
    for _ in range(3):
        people.clock.advance(timedelta(hours=1))
        look(people, office)
    mails = people.stage.all(WaitingMail)
    assert {mail.outcome for mail in mails} <= {"sent", "refused", "too late"}
    arrived = {letter.key for letter in office.taken}
    assert {mail.message_key for mail in mails if mail.outcome == "sent"} <= arrived
    for mail in mails:
        assert office.begun.count(mail.message_key) == mail.tries
        assert mail.email == ""


def look(people, office) -> None:
    before = len(office.begun)
    try:
        send_waiting(people.system, office)
    except Died:
        assert office.mode.startswith("dies")
    assert len(office.begun) - before <= 50


def test_pauses_grow_to_an_hour() -> None:
    assert [pause_after(tries) // MINUTE for tries in (1, 2, 3, 7, 50)] == [1, 2, 4, 60, 60]


# what they say


OF_ENQUIRIES = (MailKind.ENQUIRY_RECEIVED, MailKind.ENQUIRY_ANSWERED)


def test_every_kind_has_its_words_and_every_link_its_place(people) -> None:
    assert set(WORDS) == set(MailKind)
    assert set(PATHS) == set(LinkKind)
    facts = {
        "at": people.clock.now().isoformat(),
        "device": "Firefox on Windows",
        "origin": "192.0.2.1",
        "how": "removed",
        "host": "hooks.hartwell.example",
        "answer": "Forty are no trouble at all.",
    }
    for kind in MailKind:
        subject, text = subject_and_text(people.system, kind, facts | {"by": "Kim", "account": "A {b} c"}, "LINK")
        assert subject.isprintable()
        assert text.endswith("\n\nNumbergroup\n")
        assert ("LINK" in text) is (kind in {*LinkKind, MailKind.STAFF, *OF_ENQUIRIES})


# shown in a rehearsal


def test_a_rehearsal_reads_each_letter_once_and_staff_alone(people) -> None:
    sign_up(people.system, PARTICULARS, HOME)
    with pytest.raises(NotAllowed):
        show_waiting(people.system, people.stage.customer)
    (letter,) = show_waiting(people.system, people.stage.cli)
    assert see_sign_up(people.system, token_in(letter)) is not None
    assert show_waiting(people.system, people.stage.cli) == []
    assert people.stage.all(OneTimeLink)[0].email == EMAIL


def test_no_link_is_shown_where_mails_are_sent(wired) -> None:
    with pytest.raises(NotAllowed):
        show_waiting(wired.system, Actor("cli:test", Role.OPERATIONS))
    assert list_waiting(wired.system, wired.stage.cli) == []


# settings


LIVE = {
    "ELD_ENVIRONMENT": "live",
    "ELD_CUPID": "123",
    "ELD_KEY_DIR": "/keys",
    "ELD_MAIL_SMTP": "smtps://us:secret@mail.example",
}


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (LIVE, "ELD_PUBLIC_URL: in live"),
        ({"ELD_DEMO": "1", "ELD_PUBLIC_URL": "ftp://x"}, "ELD_PUBLIC_URL"),
        ({"ELD_DEMO": "1", "ELD_PUBLIC_URL": "https://x/path"}, "ELD_PUBLIC_URL"),
        ({"ELD_DEMO": "1", "ELD_MAIL_SMTP": "mail.example"}, "ELD_MAIL_SMTP"),
        ({"ELD_CUPID": "123", "ELD_ENVIRONMENT": "test", "ELD_SECOND_FACTOR": "off"}, "ELD_SECOND_FACTOR"),
        ({"ELD_DEMO": "1", "ELD_SECOND_FACTOR": "all"}, "ELD_SECOND_FACTOR"),
        ({"ELD_DEMO": "1", "ELD_SESSION_IDLE": "13 hours"}, "ELD_SESSION_IDLE"),
    ],
)
def test_settings_that_do_not_fit_are_refused(given, fault) -> None:
    with pytest.raises(Misconfigured, match=fault):
        load_settings(given)


def test_settings_of_the_door() -> None:
    live = load_settings(LIVE | {"ELD_PUBLIC_URL": "https://numbers.example"})
    assert live.second_factor == "staff"
    assert "secret" not in {name: value for name, value, _ in live.listing()}["ELD_MAIL_SMTP"]
    demo = load_settings({"ELD_DEMO": "1"})
    assert (demo.second_factor, demo.session_idle) == ("off", timedelta(hours=1))
