"""Telling: each alarm once, again each day, and when it is over, over each channel, whatever fails or dies between."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from alarm_receivers import HookServer, MailServer
from sqlalchemy import update
from stage import number

from app.db.locks import named_lock
from app.errors import Busy
from app.models.alarms import Alarm, AlarmTelling
from app.models.exports import ExportFile
from app.services.alarms import telling, watching
from app.services.alarms.jobs import note_job
from app.services.alarms.listing import list_alarms
from app.services.alarms.mail import Mail
from app.services.alarms.messages import NotSent
from app.services.alarms.telling import pause_after
from app.services.alarms.watching import watch
from app.services.alarms.webhook import Webhook
from app.services.exports.brake import hold_nights, unhold_nights
from app.services.exports.urgent import correct_urgently

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HELD = "held night every-night"
PROMISE = "told again each day while it lasts, and when it is over."


@pytest.fixture
def mail():
    made = MailServer().open()
    yield made
    made.close()


@pytest.fixture
def hook():
    made = HookServer().open()
    yield made
    made.close()


@pytest.fixture
def alarmed(stage, mail, hook):
    """A stage whose alarms go to both."""
    return alarm(stage, mail, hook)


@pytest.fixture
def sqlite_alarmed(sqlite_stage, mail, hook):
    """For what takes many looks and has nothing to do with the kind of database."""
    return alarm(sqlite_stage, mail, hook)


def alarm(stage, mail, hook):
    settings = replace(
        stage.system.settings,
        alarm_mail_to=("night@operations.example",),
        alarm_mail_from="eld@numbergroup.example",
        alarm_smtp=f"smtp://127.0.0.1:{mail.port}",
        alarm_webhook=hook.url,
    )
    stage.system = replace(stage.system, settings=settings)
    return stage


def hold(stage):
    hold_nights(stage.system, stage.staff, "why")


def unhold(stage):
    unhold_nights(stage.system, stage.staff)


def look(stage, times=1, every=MINUTE):
    """Look now, and so many times in all."""
    for place in range(times):
        stage.clock.advance(every * bool(place))
        watch(stage.system)


def said(mail):
    return [subject.removeprefix("[999 test 999] ") for subject in mail.subjects]


def events(hook):
    return [post["event"] for post in hook.posts]


def test_an_alarm_is_told_once_over_both_channels(alarmed, mail, hook):
    hold(alarmed)
    look(alarmed, 10)
    assert said(mail) == [f"ALARM: {HELD}"]
    (post,) = hook.posts
    (alarm,) = list_alarms(alarmed.system, alarmed.staff)
    assert post == {
        "key": f"eld-999-test-{alarmed.all(Alarm)[0].id}-20270303T120000Z-1-raised",
        "event": "raised",
        "title": HELD,
        "text": f"{alarm['text']}\nSince 3 March 2027 12:00 GMT; {PROMISE}",
        "at": "2027-03-03T12:00:00+00:00",
        "kind": "night_held",
        "subject": "every-night",
        "raised_at": "2027-03-03T12:00:00+00:00",
        "cleared_at": None,
        "cupid": "999",
        "environment": "test",
    }
    assert "eld export unhold" in mail.letters[0].get_content()
    assert alarm["mailed_at"] == alarm["posted_at"] == "2027-03-03T12:00:00+00:00"
    assert (alarm["mail_fault"], alarm["post_fault"]) == ("", "")


def test_it_is_told_again_each_day_and_then_that_it_is_over(sqlite_alarmed, mail, hook):
    hold(sqlite_alarmed)
    look(sqlite_alarmed, 3 * 24, HOUR)
    assert said(mail) == [f"ALARM: {HELD}", f"STILL: {HELD}", f"STILL: {HELD}"]
    unhold(sqlite_alarmed)
    look(sqlite_alarmed, 30, HOUR)
    told = [line for line in said(mail) if HELD in line]
    assert told == [f"ALARM: {HELD}", f"STILL: {HELD}", f"STILL: {HELD}", f"OVER: {HELD}"]
    over = next(letter for letter in mail.letters if "OVER" in letter["Subject"] and HELD in letter["Subject"])
    assert "This is over (raised 3 March 2027 12:00 GMT, over 6 March 2027 11:00 GMT)" in over.get_content()
    assert len({letter["References"] for letter in mail.letters if HELD in letter["Subject"]}) == 1
    assert [post["event"] for post in hook.posts if post["kind"] == "night_held"] == [
        "raised",
        "lasts",
        "lasts",
        "over",
    ]
    assert len(set(hook.keys)) == len(hook.keys)


@pytest.mark.parametrize(
    ("begin", "again"),
    [
        (datetime(2027, 3, 27, 9, 0, tzinfo=UTC), datetime(2027, 3, 28, 8, 0, tzinfo=UTC)),
        (datetime(2027, 10, 30, 8, 0, tzinfo=UTC), datetime(2027, 10, 31, 9, 0, tzinfo=UTC)),
        (datetime(2027, 3, 3, 9, 0, tzinfo=UTC), datetime(2027, 3, 4, 9, 0, tzinfo=UTC)),
    ],
)
def test_a_day_is_a_day_of_people_where_the_clocks_change(alarmed, mail, begin, again):
    alarmed.clock.at = begin
    hold(alarmed)
    look(alarmed)
    alarmed.clock.at = again - MINUTE
    look(alarmed)
    assert len(said(mail)) == 1
    alarmed.clock.at = again
    look(alarmed)
    assert said(mail) == [f"ALARM: {HELD}", f"STILL: {HELD}"]


def test_what_came_and_went_between_two_looks_is_not_told(alarmed, mail, hook):
    hold(alarmed)
    unhold(alarmed)
    look(alarmed, 3)
    assert (mail.letters, hook.posts) == ([], [])


def test_a_channel_that_is_down_is_tried_again_with_growing_pauses_and_stops_nothing(
    sqlite_alarmed, mail, hook, monkeypatch
):
    tried = count_tries(monkeypatch, Mail, sqlite_alarmed.clock)
    mail.close()
    hold(sqlite_alarmed)
    began = sqlite_alarmed.clock.now()
    look(sqlite_alarmed, 32)
    for minute in (62, 63, 122, 123, 182, 183):
        sqlite_alarmed.clock.at = began + minute * MINUTE
        look(sqlite_alarmed)
    assert [int((at - began) / MINUTE) for at in tried] == [0, 1, 3, 7, 15, 31, 63, 123, 183]
    assert events(hook) == ["raised"]
    (alarm,) = list_alarms(sqlite_alarmed.system, sqlite_alarmed.staff)
    assert alarm["mail_fault"].startswith("the mail server cannot be reached")
    assert (alarm["mailed_at"], alarm["post_fault"]) == (None, "")
    mail.open()
    sqlite_alarmed.clock.advance(HOUR)
    look(sqlite_alarmed, 3)
    assert said(mail) == [f"ALARM: {HELD}"]
    (alarm,) = list_alarms(sqlite_alarmed.system, sqlite_alarmed.staff)
    assert alarm["mail_fault"] == ""
    assert alarm["mailed_at"] == (began + 243 * MINUTE).isoformat()


def test_a_receiver_that_refuses_is_tried_again_under_the_same_key(alarmed, mail, hook):
    hook.status = 503
    hold(alarmed)
    look(alarmed, 4)
    assert events(hook) == ["raised"] * 3
    hook.status = 200
    look(alarmed, 10)
    assert events(hook) == ["raised"] * 4
    assert len(set(hook.keys)) == 1
    assert said(mail) == [f"ALARM: {HELD}"]


def test_what_is_over_while_a_channel_is_down_is_told_as_over(alarmed, mail, hook):
    mail.close()
    hold(alarmed)
    look(alarmed)
    unhold(alarmed)
    look(alarmed, 5)
    mail.open()
    look(alarmed, 20)
    assert said(mail) == [f"OVER: {HELD}"]
    assert "raised 3 March 2027 12:00 GMT, over 3 March 2027 12:00 GMT" in mail.letters[0].get_content()
    assert events(hook) == ["raised", "over"]


def test_a_channel_that_stays_down_is_given_up_a_week_after_it_is_over(sqlite_alarmed, mail, monkeypatch):
    mail.close()
    hold(sqlite_alarmed)
    look(sqlite_alarmed)
    unhold(sqlite_alarmed)
    look(sqlite_alarmed)
    tried = count_tries(monkeypatch, Mail, sqlite_alarmed.clock)
    sqlite_alarmed.clock.advance(7 * DAY - MINUTE)
    look(sqlite_alarmed, 10)
    ours = [row for row in sqlite_alarmed.all(AlarmTelling) if row.alarm_id == 1 and row.channel == "mail"]
    assert [(row.done, row.told) for row in ours] == [(True, 0)]
    assert tried


def count_tries(monkeypatch, sender, clock):
    tried, send = [], sender.send

    def counted(self, message):
        tried.append(clock.now())
        return send(self, message)

    monkeypatch.setattr(sender, "send", counted)
    return tried


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("step", ["before", "after"])
@pytest.mark.parametrize("sender", [Mail, Webhook])
def test_who_dies_about_the_sending_is_followed_at_least_once_and_never_by_a_storm(
    alarmed, mail, hook, monkeypatch, sender, step
):
    """For a quarter of an hour each process dies either before or after it has sent; then one lives."""
    send = sender.send
    deaths = []

    def dying(self, message):
        if step == "after":
            send(self, message)
        deaths.append(message.key)
        raise Killed

    hold(alarmed)
    with monkeypatch.context() as deadly:
        deadly.setattr(sender, "send", dying)
        for _ in range(15):
            with suppress(Killed):
                watch(alarmed.system)
            alarmed.clock.advance(MINUTE)
    assert len(deaths) == 4, "the pauses grow"
    assert len(set(deaths)) == 1, "and the key tells that it is the same"
    look(alarmed, 3)
    sent = said(mail) if sender is Mail else events(hook)
    assert len(sent) == (1 if step == "before" else 5)
    ids = [letter["Message-ID"] for letter in mail.letters] if sender is Mail else hook.keys
    assert len(set(ids)) == 1
    assert len(said(mail)) >= 1
    assert len(events(hook)) >= 1


def test_nothing_is_sent_that_cannot_be_noted_first(alarmed, mail, hook, monkeypatch):
    def full(*_):
        raise OSError("disk full")

    hold(alarmed)
    with monkeypatch.context() as broken:
        broken.setattr(telling, "_begin", full)
        for _ in range(5):
            with pytest.raises(OSError, match="disk full"):
                look(alarmed)
    assert (mail.letters, hook.posts) == ([], [])
    look(alarmed)
    assert (len(mail.letters), len(hook.posts)) == (1, 1)


def test_two_watchers_at_once_are_one(alarmed, mail, hook):
    hold(alarmed)
    barrier = Barrier(4)

    def one(_):
        barrier.wait()
        try:
            watch(alarmed.system)
        except Busy:
            return "yielded"
        return "worked"

    for _ in range(3):
        with ThreadPoolExecutor(4) as pool:
            assert "worked" in set(pool.map(one, range(4)))
    assert said(mail) == [f"ALARM: {HELD}"]
    assert events(hook) == ["raised"]
    assert alarmed.events().count("alarm_raised") == 1
    with named_lock(alarmed.system.database, "alarms"), pytest.raises(Busy):
        watch(alarmed.system)


def test_two_that_hold_no_lock_still_raise_and_send_once(alarmed, mail, hook, monkeypatch):
    """A lock can be lost: the database then keeps one alarm, and one try of each message."""
    monkeypatch.setattr(watching, "named_lock", lambda *_: nullcontext())
    hold(alarmed)
    barrier = Barrier(4)

    def one(_):
        barrier.wait()
        watch(alarmed.system)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(4)))
    watch(alarmed.system)
    assert len(alarmed.all(Alarm)) == 1
    assert said(mail) == [f"ALARM: {HELD}"]
    assert events(hook) == ["raised"]


def test_a_job_that_fails_by_turns_is_told_of_once_an_hour(sqlite_alarmed, mail):
    for minute in range(22):
        note_job(sqlite_alarmed.system, "replies", KeyError("x") if minute % 2 == 0 else None)
        look(sqlite_alarmed)
        sqlite_alarmed.clock.advance(7 * MINUTE)
    told = [line for line in said(mail) if "failing job" in line]
    assert told == ["ALARM: failing job replies", "OVER: failing job replies"]
    note_job(sqlite_alarmed.system, "replies", KeyError("x"))
    for _ in range(10):
        look(sqlite_alarmed)
        note_job(sqlite_alarmed.system, "replies", KeyError("x"))
        sqlite_alarmed.clock.advance(7 * MINUTE)
    assert [line for line in said(mail) if "failing job" in line] == [*told, "ALARM: failing job replies"]


def test_many_alarms_at_once_go_some_at_each_look(alarmed, mail, monkeypatch):
    monkeypatch.setattr(telling, "MOST_AT_ONCE", 2)
    for place in range(5):
        alarmed.register(place)
        alarmed.night()
    alarmed.clock.advance(4 * HOUR)
    for sent in (2, 4, 5, 5):
        look(alarmed)
        assert len(mail.letters) == sent
    assert said(mail) == [f"ALARM: no FCO for {file.file_name}" for file in alarmed.files()]


def test_no_number_name_or_address_is_sent(alarmed, mail, hook):
    for place in (1, 2):
        alarmed.register(place)
    alarmed.night()
    correct_urgently(alarmed.system, alarmed.staff, number(1), {"premises": "Unit 9"}, "CALL-4711")
    hold_nights(alarmed.system, alarmed.staff, f"Mr Hartwell of {number(1)} moves")
    note_job(alarmed.system, "night", KeyError("Pennant House"))
    alarmed.execute(update(ExportFile).values(reason="SEQGAP"))
    for _ in range(3):
        look(alarmed, 2)
        alarmed.clock.advance(DAY)
    unhold(alarmed)
    look(alarmed, 2)
    kinds = {post["kind"] for post in hook.posts}
    assert kinds >= {"urgent_waits", "night_held", "job_fails", "fco_overdue", "final_overdue"}
    assert {post["event"] for post in hook.posts} == {"raised", "lasts", "over"}
    sent = [str(post) for post in hook.posts] + [
        f"{letter['Subject']}\n{letter.get_content()}" for letter in mail.letters
    ]
    personal = (number(1), number(2), "1632960", "Hartwell", "Pennant", "Dewsbury", "LS11", "Unit 9", "CALL", "alex@")
    for text in sent:
        assert not any(word in text for word in personal), text


def test_pauses_grow_to_an_hour():
    assert [pause_after(tries) / MINUTE for tries in (1, 2, 3, 6, 7, 8, 1_000_000)] == [1, 2, 4, 32, 60, 60, 60]


def test_a_fault_that_is_the_messages_own_does_not_stop_the_next(alarmed, mail, hook, monkeypatch):
    send = Mail.send

    def picky(self, message):
        if HELD in message.title:
            raise NotSent("too long", channel_down=False)
        return send(self, message)

    monkeypatch.setattr(Mail, "send", picky)
    hold(alarmed)
    note_job(alarmed.system, "imports", KeyError("x"))
    look(alarmed)
    assert said(mail) == ["ALARM: failing job imports"]
    assert events(hook) == ["raised", "raised"]
