"""Webhooks: a number's status told to an address of the customer's own; over a real receiver, on both databases."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select
from stage import Stage, number
from webhook_receiver import Receiver

from app.domain.actors import AccountRole, Actor, Role
from app.domain.webhooks import DeliveryState
from app.errors import Conflict, NotAllowed, NotFound, Refused
from app.models.accounts import User
from app.models.people import WaitingMail
from app.models.webhooks import ToldStatus, WebhookAttempt, WebhookDelivery, WebhookEvent, WebhookSubscription
from app.services.locations.ceasing import cease_numbers
from app.services.webhooks.comparing import note_changes
from app.services.webhooks.delivering import deliver_due
from app.services.webhooks.listing import list_subscriptions, show_subscription
from app.services.webhooks.log import expire_webhooks, list_attempts
from app.services.webhooks.replaying import count_since, replay_event, replay_since, send_test
from app.services.webhooks.subscriptions import (
    EVERY_STATUS,
    add_subscription,
    change_subscription,
    remove_subscription,
    switch_off,
    switch_on,
    turn_secret,
)

HOUR = timedelta(hours=1)


@pytest.fixture
def receiver():
    made = Receiver().open()
    yield made
    made.close()


def subscribe(stage: Stage, receiver: Receiver, statuses=EVERY_STATUS):
    made = add_subscription(stage.system, stage.customer, stage.account, receiver.url, statuses)
    receiver.secrets.append(made.secret)
    return made


def go(stage: Stage) -> int:
    note_changes(stage.system)
    return deliver_due(stage.system)


def shown(stage: Stage, subscription_id: int):
    return show_subscription(stage.system, stage.customer, subscription_id)


def log(stage: Stage, subscription_id: int):
    return list_attempts(stage.system, stage.customer, subscription_id).attempts


def test_each_status_of_a_numbers_life_is_told_in_order(stage: Stage, receiver: Receiver) -> None:
    stage.live(1)
    subscribe(stage, receiver)
    assert go(stage) == 0, "what was before the subscription is not told"
    stage.register(2)
    go(stage)
    stage.night()
    go(stage)
    stage.accept()
    go(stage)
    stage.register(2, premises="Unit 1", effective_date=stage.day(3))
    go(stage)
    cease_numbers(stage.system, stage.customer, [number(1)], stage.today + timedelta(days=1))
    go(stage)
    stage.tomorrow()
    go(stage)
    one, two = stage.number_id(1), stage.number_id(2)
    told = receiver.told()
    assert [status for place, _, status in told if place == two] == ["waiting", "sent", "live", "waiting"]
    assert [status for place, _, status in told if place == one][-1] == "ceased"
    for place in (one, two):
        assert [at for number_id, at, _ in told if number_id == place] == [
            *range(1, 1 + sum(x[0] == place for x in told))
        ]
    assert receiver.forged == 0
    assert go(stage) == 0


def test_a_body_names_no_person(stage: Stage, receiver: Receiver) -> None:
    subscribe(stage, receiver)
    stage.register(1, reference="JANE DOE 7")
    go(stage)
    (taken,) = receiver.takes
    assert set(taken) == {"id", "type", "timestamp", "data"}
    assert taken["type"] == "number.status_changed"
    assert taken["data"] == {
        "number_id": stage.number_id(1),
        "status": "waiting",
        "previous_status": None,
        "sequence": 1,
    }
    assert "JANE" not in json.dumps(taken)
    assert number(1)[1:] not in json.dumps(taken)


def test_another_accounts_numbers_are_told_to_nobody_else(stage: Stage, receiver: Receiver) -> None:
    subscribe(stage, receiver)
    stage.register(5, actor=stage.other_customer)
    assert go(stage) == 0
    assert stage.all(ToldStatus) == []


def test_only_the_statuses_that_were_asked_for_are_told(stage: Stage, receiver: Receiver) -> None:
    subscribe(stage, receiver, ["live", "rejected"])
    stage.live(1)
    go(stage)
    stage.register(1, premises="Unit 1")
    go(stage)
    assert [(at, status) for _, at, status in receiver.told()] == [(1, "live")]
    assert len(stage.all(WebhookEvent)) == 2


def test_what_is_not_taken_is_tried_again_and_every_try_is_in_the_log(stage: Stage, receiver: Receiver) -> None:
    made = subscribe(stage, receiver)
    stage.register(1)
    receiver.statuses = [500, 302, 204]
    assert go(stage) == 0
    assert go(stage) == 0, "not before its pause is over"
    assert len(receiver.asked) == 1
    stage.clock.advance(timedelta(seconds=30))
    assert go(stage) == 0
    stage.clock.advance(timedelta(seconds=60))
    assert shown(stage, made.id).failing_since == stage.clock.now() - timedelta(seconds=90)
    assert go(stage) == 1
    found = log(stage, made.id)
    assert [line.http_status for line in found] == [204, 302, 500]
    assert [line.taken for line in found] == [True, False, False]
    assert found[1].fault == "a redirect is not followed"
    assert found[2].next_try_at == found[2].at + timedelta(seconds=30)
    assert found[0].next_try_at is None
    assert all(line.milliseconds is not None and line.number == number(1) for line in found)
    assert len({taken["id"] for taken in receiver.asked}) == 1
    assert shown(stage, made.id).failing_since is None
    assert receiver.forged == 0


def test_an_event_waits_for_an_older_one_of_its_number_and_holds_no_other_up(stage: Stage, receiver: Receiver) -> None:
    subscribe(stage, receiver)
    stage.register(1)
    receiver.statuses = [500]
    go(stage)
    stage.register(2)
    stage.night()
    assert go(stage) == 1
    assert [taken["data"]["number_id"] for taken in receiver.takes] == [stage.number_id(2)]
    stage.clock.advance(timedelta(seconds=30))
    assert go(stage) == 2
    assert [at for place, at, _ in receiver.told() if place == stage.number_id(1)] == [1, 2]


def test_after_three_days_of_failures_it_is_switched_off_and_the_owners_are_written_to(
    stage: Stage, receiver: Receiver
) -> None:
    made = subscribe(stage, receiver)
    stage.register(1)
    receiver.status = 503
    began = stage.clock.now()
    tries = 0
    while shown(stage, made.id).is_on:
        go(stage)
        tries += 1
        assert tries < 60
        (delivery,) = stage.all(WebhookDelivery)
        if delivery.next_try_at is not None:
            stage.clock.at = max(stage.clock.at, delivery.next_try_at)
    assert stage.clock.now() - began == timedelta(days=3)
    assert 20 < tries < 45
    line = shown(stage, made.id)
    assert (line.off_why, line.waiting) == ("failures", 0)
    (mail,) = stage.all(WaitingMail)
    assert (mail.kind, mail.email, mail.facts["host"]) == ("webhook-off", "owner@hartwell.example", "127.0.0.1")
    assert "webhook_switched" in stage.events()
    assert len(log(stage, made.id)) == 25

    receiver.status = 204
    stage.night()
    assert go(stage) == 0
    with pytest.raises(Conflict):
        replay_since(stage.system, stage.customer, made.id, began)
    switch_on(stage.system, stage.customer, made.id)
    assert count_since(stage.system, stage.customer, made.id, began) == 2
    assert replay_since(stage.system, stage.customer, made.id, began) == 2
    assert go(stage) == 2
    assert [(at, status) for _, at, status in receiver.told()] == [(1, "waiting"), (2, "sent")]


def test_both_secrets_sign_for_a_day_and_the_new_one_after_it(stage: Stage, receiver: Receiver) -> None:
    made = subscribe(stage, receiver)
    new = turn_secret(stage.system, stage.customer, made.id)
    assert new != made.secret
    for secrets in ([made.secret], [new]):
        receiver.secrets = secrets
        send_test(stage.system, stage.customer, made.id)
        assert deliver_due(stage.system) == 1
    assert receiver.forged == 0
    stage.clock.advance(24 * HOUR)
    for secrets, forged in (([new], 0), ([made.secret], 1)):
        receiver.secrets = secrets
        send_test(stage.system, stage.customer, made.id)
        assert deliver_due(stage.system) == 1
        assert receiver.forged == forged
    kept = stage.all(WebhookSubscription)[0]
    assert made.secret not in kept.secret
    assert new[6:20] not in kept.secret


def test_one_event_is_sent_again_with_the_same_content(stage: Stage, receiver: Receiver) -> None:
    made = subscribe(stage, receiver)
    stage.register(1)
    go(stage)
    (line,) = log(stage, made.id)
    replay_event(stage.system, stage.customer, made.id, line.event_id)
    assert deliver_due(stage.system) == 1
    assert receiver.takes[0] == receiver.takes[1]
    assert [line.replayed for line in log(stage, made.id)] == [True, True]
    with pytest.raises(NotFound):
        replay_event(stage.system, stage.customer, made.id, line.event_id + 1000)


def test_a_test_tells_of_no_number_and_comes_at_most_so_often(stage: Stage, receiver: Receiver) -> None:
    made = subscribe(stage, receiver)
    for _ in range(20):
        send_test(stage.system, stage.customer, made.id)
    with pytest.raises(Refused) as refused:
        send_test(stage.system, stage.customer, made.id)
    assert refused.value.problems[0].code == "W05"
    assert deliver_due(stage.system) == 20
    assert {(taken["type"], json.dumps(taken["data"])) for taken in receiver.takes} == {("test", "{}")}


def test_what_is_off_is_told_nothing_and_what_is_removed_is_gone(stage: Stage, receiver: Receiver) -> None:
    made = subscribe(stage, receiver)
    stage.register(1)
    note_changes(stage.system)
    switch_off(stage.system, stage.customer, made.id)
    assert deliver_due(stage.system) == 0
    assert (shown(stage, made.id).stopped, shown(stage, made.id).off_why) == (1, "person")
    switch_on(stage.system, stage.customer, made.id)
    stage.register(2)
    assert go(stage) == 1
    remove_subscription(stage.system, stage.customer, made.id)
    assert list_subscriptions(stage.system, stage.customer, stage.account) == []
    stage.register(3)
    assert go(stage) == 0
    (row,) = stage.all(WebhookSubscription)
    assert (row.url, row.secret) == ("", "")
    with pytest.raises(NotFound):
        send_test(stage.system, stage.customer, made.id)


def test_a_later_subscription_begins_with_what_is_then_and_goes_on_counting(stage: Stage, receiver: Receiver) -> None:
    made = subscribe(stage, receiver)
    stage.register(1)
    go(stage)
    remove_subscription(stage.system, stage.customer, made.id)
    stage.night()
    stage.register(2)
    subscribe(stage, receiver)
    assert go(stage) == 0
    stage.accept()
    assert go(stage) == 1
    assert receiver.told()[-1] == (stage.number_id(1), 2, "live")
    assert receiver.takes[-1]["data"]["previous_status"] == "sent"


@pytest.mark.parametrize(
    ("url", "statuses", "codes"),
    [
        ("http://hooks.example/", EVERY_STATUS, ["W01"]),
        ("https://10.0.0.1/", [], ["W01", "W02"]),
        ("https://user:pw@hooks.example/", ["alive"], ["W01", "W02"]),
        ("", ["live"], ["W01"]),
    ],
)
def test_an_address_or_status_that_cannot_be_is_refused(sqlite_stage: Stage, url, statuses, codes) -> None:
    with pytest.raises(Refused) as refused:
        add_subscription(sqlite_stage.system, sqlite_stage.customer, sqlite_stage.account, url, statuses)
    assert [problem.code for problem in refused.value.problems] == codes


def test_ten_at_most_and_none_twice(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    made = [
        add_subscription(stage.system, stage.customer, stage.account, f"https://hooks.example/{place}")
        for place in range(10)
    ]
    with pytest.raises(Refused) as refused:
        add_subscription(stage.system, stage.customer, stage.account, "https://hooks.example/3")
    assert [problem.code for problem in refused.value.problems] == ["W03", "W04"]
    with pytest.raises(Refused):
        change_subscription(stage.system, stage.customer, made[0].id, "https://hooks.example/3", ["live"])
    assert change_subscription(stage.system, stage.customer, made[0].id, "https://new.example/", ["live"]) == [
        "url",
        "statuses",
    ]
    assert change_subscription(stage.system, stage.customer, made[0].id, "https://new.example/", ["live"]) == []
    assert show_subscription(stage.system, stage.customer, made[0].id).statuses == ("live",)


def test_owners_manage_their_own_alone(sqlite_stage: Stage) -> None:
    stage = sqlite_stage
    made = add_subscription(stage.system, stage.customer, stage.account, "https://hooks.example/")
    within = [Actor("x", Role.CUSTOMER, stage.account, account_role=role) for role in (AccountRole.EDITOR, None)]
    others = [Actor("x", role) for role in (Role.AUDITOR, Role.PRIVACY, Role.ADMINISTRATOR, Role.SCHEDULER)]
    acts = (
        lambda actor: add_subscription(stage.system, actor, stage.account, "https://two.example/"),
        lambda actor: list_subscriptions(stage.system, actor, stage.account),
        lambda actor: show_subscription(stage.system, actor, made.id),
        lambda actor: change_subscription(stage.system, actor, made.id, "https://two.example/", ["live"]),
        lambda actor: turn_secret(stage.system, actor, made.id),
        lambda actor: switch_off(stage.system, actor, made.id),
        lambda actor: switch_on(stage.system, actor, made.id),
        lambda actor: send_test(stage.system, actor, made.id),
        lambda actor: replay_event(stage.system, actor, made.id, 1),
        lambda actor: replay_since(stage.system, actor, made.id, stage.clock.now()),
        lambda actor: count_since(stage.system, actor, made.id, stage.clock.now()),
        lambda actor: list_attempts(stage.system, actor, made.id),
        lambda actor: remove_subscription(stage.system, actor, made.id),
    )
    for act in acts:
        for actor in (*within, *others):
            with pytest.raises(NotAllowed):
                act(actor)
        with pytest.raises(NotFound):
            act(stage.other_customer)
    assert len(list_subscriptions(stage.system, stage.staff, stage.account)) == 1


def test_the_log_goes_after_thirty_days(stage: Stage, receiver: Receiver) -> None:
    made = subscribe(stage, receiver)
    stage.register(1)
    go(stage)
    stage.clock.advance(timedelta(days=29))
    stage.register(2)
    go(stage)
    assert not any(expire_webhooks(stage.system).values())
    stage.clock.advance(timedelta(days=2))
    assert set(expire_webhooks(stage.system).values()) == {1}
    assert [line.number for line in log(stage, made.id)] == [number(2)]


def test_a_big_account_is_looked_at_piece_by_piece_and_holds_no_other_up(stage: Stage, receiver: Receiver) -> None:
    subscribe(stage, receiver)
    other = Receiver().open()
    add_subscription(stage.system, stage.other_customer, stage.other_account, other.url)
    for place in range(7):
        stage.register(place)
    stage.register(20, actor=stage.other_customer)
    found = [note_changes(stage.system, most=3) for _ in range(6)]
    assert sum(found) == 8
    assert max(found) <= 3
    deliver_due(stage.system)
    other.close()
    assert len(receiver.takes) == 7
    assert len(other.takes) == 1


def test_where_nobody_subscribed_nothing_is_written(stage: Stage) -> None:
    stage.register(1)
    assert go(stage) == 0
    with stage.system.database.reading() as look:
        for row in (WebhookEvent, WebhookDelivery, WebhookAttempt, ToldStatus):
            assert look.session.scalars(select(row)).all() == []
    assert stage.all(User)


def test_a_delivery_that_was_stopped_while_it_was_sent_stays_stopped(stage: Stage, receiver: Receiver) -> None:
    made = subscribe(stage, receiver)
    stage.register(1)
    note_changes(stage.system)
    answer = receiver._take

    def stop(request):
        switch_off(stage.system, stage.customer, made.id)
        receiver.status = 500
        return answer(request)

    receiver._running.clear()
    receiver._running.expect_request("/hook").respond_with_handler(stop)
    assert deliver_due(stage.system) == 0
    assert [delivery.state for delivery in stage.all(WebhookDelivery)] == [DeliveryState.STOPPED]
