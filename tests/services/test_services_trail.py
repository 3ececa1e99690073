"""The trail: every use case leaves the event that it should, and none succeeds where the trail cannot be written."""

import io
import json

import pytest
from sqlalchemy import text, update
from stage import location, number

from app.audit.events import Action
from app.errors import CallAPerson
from app.models.accounts import ApiKey
from app.models.audit import AuditEvent
from app.models.porting import PortPair
from app.models.records import Registration
from app.services.api_keys import Scope, make_key, revoke_key
from app.services.barring import bar_number, unbar_number
from app.services.block_loading import load_blocks
from app.services.casework.mending import fix_case
from app.services.casework.working import close_case, give_back_case, give_case, note_case, reopen_case, take_case
from app.services.exports.files import release_file, resend_file
from app.services.inventory import load_numbers
from app.services.locations.cancelling import cancel_change
from app.services.locations.ceasing import cease_numbers, port_out
from app.services.locations.many import place_numbers
from app.services.locations.registering import change_address
from app.services.porting import end_pair
from app.services.reviews import approve_review, list_reviews, return_review
from app.services.trail import export_trail, list_events, verify_trail
from app.services.transactions import abandon
from app.services.uploads import import_locations

READS = {"personal_data_read"}


def csv_file(*rows):
    return io.BytesIO("\n".join(["number,name,premises,thoroughfare,post_town,postcode", *rows, ""]).encode())


def numbers(stage):
    path = stage.root / "numbers.csv"
    path.write_text(f"kind,start,account\nin_use,{number(7)},{stage.account}\n")
    return path


def a_case(stage):
    stage.register(1)
    stage.night()
    stage.answer("0102")
    return stage.case(1)["id"]


def a_closed_case(stage):
    close_case(stage.system, stage.staff, a_case(stage), "gone")
    return 1


def a_taken_case(stage):
    take_case(stage.system, stage.staff, a_case(stage))
    return 1


def a_review(stage):
    stage.register(1, postcode="LS1 9ZZ")
    return list_reviews(stage.system, stage.staff)[0]["id"]


def a_file(stage, reason=""):
    stage.register(1)
    stage.night()
    if reason:
        stage.fco(reason=reason)
        stage.collect()
    return stage.files()[-1].file_name


def a_live_one(stage):
    stage.live(1)


def a_barred_one(stage):
    stage.live(1)
    bar_number(stage.system, stage.customer, number(1))


def a_port(stage):
    stage.live(1)
    port_out(stage.system, stage.staff, number(1), "456", stage.today)
    stage.night()
    stage.accept()
    return stage.all(PortPair)[0].id


def a_plan(stage):
    stage.register(1, effective_date=stage.day(3))
    return stage.all(Registration)[0].id


def a_key(stage):
    make_key(stage.system, stage.customer, stage.account, "stock system", [Scope.READ])
    return stage.all(ApiKey)[0].id


def blocks(stage):
    path = stage.root / "S3.csv"
    path.write_text(
        "NMS Number Block: Number Block,Block Status,CP Name,Non Geo Number Length,Allocation Date,Notes\n"
        "3000 00,Allocated,Hartwell Telecom Ltd,10 digit numbers,26/03/2007,\n"
    )
    return path


def waiting(stage):
    stage.register(1)


def a_damaged_one(stage):
    stage.put("letter.txt", b"dear CP")


def an_fco(stage):
    a_file(stage)
    stage.fco()


def a_refusal(stage):
    a_file(stage)
    stage.car(stage.reply(stage.rows()[0], "0102"))


def nothing(stage):
    assert stage.files() == []


# name -> (what comes before, the use case, the events that it leaves)
USES = {
    "register": (nothing, lambda s, _: s.register(1), ["location_submitted"]),
    "register the same": (waiting, lambda s, _: s.register(1), []),
    "move": (
        waiting,
        lambda s, _: change_address(s.system, s.customer, number(1), location(1, premises="Unit 4")),
        ["location_submitted"],
    ),
    "cease": (a_live_one, lambda s, _: cease_numbers(s.system, s.customer, [number(1)]), ["number_ceased"]),
    "port out": (
        a_live_one,
        lambda s, _: port_out(s.system, s.staff, number(1), "456", s.today),
        ["number_ported_out"],
    ),
    "import": (
        nothing,
        lambda s, _: import_locations(
            s.system, s.customer, s.account, csv_file(f"{number(1)},Hart,Unit 1,Dewsbury Road,Leeds,LS11 5DF")
        ),
        ["locations_imported"],
    ),
    "place": (
        nothing,
        lambda s, _: place_numbers(s.system, s.customer, s.account, [number(1), number(2)], location(1)),
        ["numbers_placed"],
    ),
    "load": (nothing, lambda s, _: load_numbers(s.system, s.cli, numbers(s)), ["numbers_loaded"]),
    "night": (waiting, lambda s, _: s.night(), ["file_extracted", "file_delivered"]),
    "full": (a_live_one, lambda s, _: s.night(full=True), ["file_extracted", "file_delivered"]),
    "resend": (a_file, lambda s, f: resend_file(s.system, s.staff, f), ["file_resent"]),
    "release": (
        lambda s: a_file(s, "BADCUPID"),
        lambda s, f: release_file(s.system, s.staff, f),
        ["file_released"],
    ),
    "abandon": (
        a_file,
        lambda s, f: abandon(s.system, s.staff, file_name=f, why="no answer"),
        ["transactions_abandoned"],
    ),
    "collect": (an_fco, lambda s, _: s.collect(), ["replies_applied"]),
    "collect a refusal": (a_refusal, lambda s, _: s.collect(), ["case_opened", "replies_applied"]),
    "quarantine": (a_damaged_one, lambda s, _: s.collect(), ["case_opened", "reply_quarantined"]),
    "take": (a_case, lambda s, c: take_case(s.system, s.staff, c), ["case_assigned"]),
    "give": (a_case, lambda s, c: give_case(s.system, s.staff, c, s.second.name), ["case_assigned"]),
    "give back": (a_taken_case, lambda s, c: give_back_case(s.system, s.staff, c), ["case_assigned"]),
    "note": (a_case, lambda s, c: note_case(s.system, s.staff, c, "rang them"), ["case_noted"]),
    "reopen": (a_closed_case, lambda s, c: reopen_case(s.system, s.staff, c, "not gone"), ["case_reopened"]),
    "fix": (
        a_case,
        lambda s, c: fix_case(s.system, s.staff, c, {"premises": "Unit 4"}),
        ["location_submitted", "case_fixed"],
    ),
    "close": (a_case, lambda s, c: close_case(s.system, s.staff, c, "gone"), ["case_closed"]),
    "approve": (a_review, lambda s, r: approve_review(s.system, s.staff, r), ["review_approved"]),
    "return": (a_review, lambda s, r: return_review(s.system, s.staff, r, "look again"), ["review_returned"]),
    "bar": (a_live_one, lambda s, _: bar_number(s.system, s.customer, number(1)), ["number_barred"]),
    "bar with a case": (
        a_case,
        lambda s, _: bar_number(s.system, s.staff, number(1)),
        ["case_closed", "number_barred"],
    ),
    "end a port": (a_port, lambda s, pair: end_pair(s.system, s.staff, pair, "settled"), ["pair_ended"]),
    "cancel": (
        a_plan,
        lambda s, planned: cancel_change(s.system, s.customer, planned),
        ["change_cancelled"],
    ),
    "blocks": (
        nothing,
        lambda s, _: load_blocks(s.system, s.staff, [blocks(s)]),
        ["blocks_loaded"],
    ),
    "make a key": (
        nothing,
        lambda s, _: make_key(s.system, s.customer, s.account, "stock system", [Scope.READ]),
        ["api_key_made"],
    ),
    "revoke a key": (a_key, lambda s, key: revoke_key(s.system, s.customer, key), ["api_key_revoked"]),
    "unbar": (a_barred_one, lambda s, _: unbar_number(s.system, s.customer, number(1)), ["number_unbarred"]),
}


@pytest.mark.parametrize("name", USES)
def test_a_use_case_leaves_exactly_its_events(stage, directory, name):
    assert directory is None
    before, use, expected = USES[name]
    given = before(stage)
    so_far = len(stage.events())
    use(stage, given)
    assert [event for event in stage.events()[so_far:] if event not in READS] == expected


@pytest.mark.parametrize("name", [name for name, use in USES.items() if use[2]])
def test_a_use_case_fails_whole_where_the_trail_cannot_be_written(stage, directory, name, monkeypatch):
    assert directory is None
    before, use, _ = USES[name]
    given = before(stage)
    state, events = stage.end_state(), stage.events()

    def broken(*_):
        raise CallAPerson("the trail has lost its head")

    with monkeypatch.context() as patch:
        patch.setattr("app.audit.log.lock_head", broken)
        with pytest.raises(CallAPerson):
            use(stage, given)
    after = stage.end_state()
    if "collect" in name:
        assert after.pop("archive") >= state.pop("archive"), "what is kept before it is applied may stay"
    assert (after, stage.events()) == (state, events)
    use(stage, given)
    assert len(stage.events()) > len(events)


def test_no_personal_value_stands_in_the_chain(stage, directory):
    assert directory is None
    stage.register(1, name="Ada Lovegood", premises="Secret House")
    a_file(stage)
    stage.answer("0102", 1)
    fix_case(stage.system, stage.staff, stage.case(1)["id"], {"name": "Ada Lovegoode"})
    chain = " ".join(json.dumps([event.detail, event.actor, event.subject_id]) for event in stage.all(AuditEvent))
    for value in ("Lovegood", "LOVEGOOD", "Secret", "SECRET", number(1)[1:], "owner@hartwell", "LS11"):
        assert value not in chain


def test_the_trail_is_paged_newest_first_and_handed_over_whole(stage):
    for place in range(60):
        stage.register(place)
    first = list_events(stage.system, stage.staff)
    last = list_events(stage.system, stage.staff, page=99)
    assert (len(first.events), first.total, last.page, last.pages) == (50, 60, 2, 2)
    assert first.events[0]["seq"] == 60
    assert last.events[-1]["seq"] == 1
    chosen = list_events(
        stage.system, stage.staff, action="location_submitted", actor_name=f"user-{stage.customer.user_id}"
    )
    assert chosen.total == 60
    lines = [json.loads(line) for line in export_trail(stage.system, stage.staff)]
    assert [line["seq"] for line in lines] == list(range(1, 61))
    assert stage.events()[-1] == str(Action.TRAIL_EXPORTED)


def test_a_change_of_the_trail_is_found_and_named(sqlite_stage):
    stage = sqlite_stage
    for place in range(3):
        stage.register(place)
    with stage.system.database.unit_of_work() as work:
        triggers = work.session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
        for trigger in triggers:
            work.session.execute(text(f"DROP TRIGGER {trigger}"))
        work.commit()
    customer = stage.all(AuditEvent)[1].actor
    stage.execute(update(AuditEvent).where(AuditEvent.seq == 2).values(actor="user-9"))
    found = verify_trail(stage.system, stage.staff)
    assert (found.ok, found.first_bad[0]) == (False, 2)
    stage.execute(update(AuditEvent).where(AuditEvent.seq == 2).values(actor=customer))
    assert verify_trail(stage.system, stage.staff).ok
