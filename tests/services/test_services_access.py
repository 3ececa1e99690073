"""Who may do what: a customer reaches their own account alone, and each role what the table gives it."""

import io

import pytest
from stage import location, number

from app.domain.actors import Actor, Role
from app.errors import NotAllowed, NotFound, Refused
from app.services.accounts import add_user, find_person, list_accounts, staff_actor
from app.services.barring import bar_number, list_barred, unbar_number
from app.services.block_loading import load_blocks
from app.services.casework.listing import list_cases, neighbours, page_cases
from app.services.casework.mending import fix_case
from app.services.casework.showing import show_case
from app.services.casework.working import (
    close_case,
    colleagues,
    give_back_case,
    give_case,
    note_case,
    reopen_case,
    take_case,
)
from app.services.directory import compare_directories
from app.services.exports.files import file_records, list_files, release_file, resend_file, show_file
from app.services.exports.night import run_export
from app.services.exports.tonight import tonight
from app.services.exports.urgent_list import list_urgent
from app.services.inventory import load_numbers
from app.services.locations.ceasing import cease_numbers, port_out
from app.services.locations.many import place_numbers
from app.services.locations.places import list_places, numbers_at
from app.services.locations.registering import (
    change_address,
    check_location,
    current_location,
    register_location,
    share_of_address,
)
from app.services.overview import list_numbers, number_id_of, number_line
from app.services.porting import Stage, end_pair, list_ports, open_pair, page_ports
from app.services.records import missing_records, show_record, show_record_of
from app.services.replies.collecting import collect_replies
from app.services.replies.listing import list_reply_files, show_reply_file
from app.services.reviews import (
    approve_review,
    approve_reviews,
    list_reviews,
    page_reviews,
    return_review,
    show_review,
)
from app.services.trail import export_trail, list_events, verify_trail
from app.services.transactions import abandon
from app.services.uploads import import_locations


@pytest.fixture
def case(stage):
    """A rejected record of the first account; its case and its file."""
    stage.register(1)
    stage.night()
    stage.answer("0102")
    return stage.case(1)["id"]


def of_another_account(stage, telephone=None):
    """Every use case by which the second customer might reach for the first one's number, or for `telephone`."""
    telephone = telephone or number(1)
    system, other, number_id = stage.system, stage.other_customer, stage.number_id(1)
    return {
        "register": lambda: register_location(system, other, stage.account, location(1)),
        "check": lambda: check_location(system, other, stage.account, location(1)),
        "move": lambda: change_address(system, other, number(1), location(1)),
        "typed": lambda: current_location(system, other, number(1)),
        "shared": lambda: share_of_address(system, other, number(1)),
        "place": lambda: place_numbers(system, other, stage.account, [number(1)], location(1)),
        "places": lambda: list_places(system, other, stage.account),
        "numbers at": lambda: numbers_at(system, other, stage.account, 1, 10),
        "cease": lambda: cease_numbers(system, other, [telephone]),
        "port out": lambda: port_out(system, other, telephone, "456", stage.today),
        "import": lambda: import_locations(system, other, stage.account, io.BytesIO(b"")),
        "list": lambda: list_numbers(system, other, stage.account),
        "list all": lambda: list_numbers(system, other, None),
        "line": lambda: number_line(system, other, number_id),
        "id": lambda: number_id_of(system, other, number(1)),
        "record": lambda: show_record(system, other, number(1)),
        "record by id": lambda: show_record_of(system, other, number_id),
        "missing": lambda: missing_records(system, other),
        "bar": lambda: bar_number(system, other, telephone),
        "unbar": lambda: unbar_number(system, other, telephone),
        "barred": lambda: list_barred(system, other, stage.account),
        "all barred": lambda: list_barred(system, other),
    }


NAMES = (
    "register", "check", "move", "typed", "shared", "import", "list", "list all", "line", "id",
    "record", "record by id", "missing",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_customer_cannot_reach_another_accounts_number(stage, case, name):
    before = stage.end_state()
    with pytest.raises((NotFound, NotAllowed)):
        of_another_account(stage)[name]()
    assert stage.end_state() == before
    assert case > 0


@pytest.mark.parametrize("name", ["cease", "port out", "bar", "unbar"])
def test_the_end_of_use_does_not_tell_who_holds_a_number(stage, case, name):
    before = stage.end_state()
    with pytest.raises(Refused) as anothers:
        of_another_account(stage)[name]()
    with pytest.raises(Refused) as unknown:
        of_another_account(stage, number(2))[name]()
    assert anothers.value.problems == unknown.value.problems
    assert {problem.code for problem in unknown.value.problems} == {"N11"}
    assert stage.end_state() == before
    assert case > 0


def of_operations(stage, case):
    """Every use case that is operations' alone."""
    system, file = stage.system, stage.files()[0].file_name
    return {
        "cases": lambda actor: list_cases(system, actor),
        "case": lambda actor: show_case(system, actor, case),
        "case page": lambda actor: page_cases(system, actor),
        "next case": lambda actor: neighbours(system, actor, case),
        "colleagues": lambda actor: colleagues(system, actor),
        "take": lambda actor: take_case(system, actor, case),
        "give": lambda actor: give_case(system, actor, case, stage.second.name),
        "give back": lambda actor: give_back_case(system, actor, case),
        "note": lambda actor: note_case(system, actor, case, "why"),
        "reopen": lambda actor: reopen_case(system, actor, case, "why"),
        "fix": lambda actor: fix_case(system, actor, case, {"premises": "x"}),
        "close": lambda actor: close_case(system, actor, case, "why"),
        "reviews": lambda actor: list_reviews(system, actor),
        "review page": lambda actor: page_reviews(system, actor),
        "review": lambda actor: show_review(system, actor, 1),
        "approve": lambda actor: approve_review(system, actor, 1),
        "approve several": lambda actor: approve_reviews(system, actor, [1]),
        "return": lambda actor: return_review(system, actor, 1, "why"),
        "night": lambda actor: run_export(system, actor),
        "collect": lambda actor: collect_replies(system, actor),
        "files": lambda actor: list_files(system, actor),
        "file": lambda actor: show_file(system, actor, file),
        "records": lambda actor: file_records(system, actor, file),
        "resend": lambda actor: resend_file(system, actor, file),
        "release": lambda actor: release_file(system, actor, file),
        "abandon": lambda actor: abandon(system, actor, file_name=file, why="why"),
        "tonight": lambda actor: tonight(system, actor),
        "urgent": lambda actor: list_urgent(system, actor),
        "reply files": lambda actor: list_reply_files(system, actor),
        "replies": lambda actor: show_reply_file(system, actor, 1),
        "load": lambda actor: load_numbers(system, actor, stage.root / "none.csv"),
        "blocks": lambda actor: load_blocks(system, actor, [stage.root / "none.csv"]),
        "ports": lambda actor: list_ports(system, actor),
        "port page": lambda actor: page_ports(system, actor, Stage.OPEN),
        "port": lambda actor: open_pair(system, actor, 1),
        "end port": lambda actor: end_pair(system, actor, 1, "why"),
        "compare": lambda actor: compare_directories(system, actor, stage.root / "none.csv"),
        "accounts": lambda actor: list_accounts(system, actor),
        "user": lambda actor: add_user(system, actor, "a@b.example", Role.OPERATIONS, "long enough words"),
        "trail": lambda actor: list_events(system, actor),
        "verify": lambda actor: verify_trail(system, actor),
        "export": lambda actor: list(export_trail(system, actor)),
    }


SEEING = {"files", "file", "records", "tonight", "urgent", "reply files", "replies"}
PORTS = {"ports", "port page"}
TRAIL = {"trail", "verify", "export"}
MAY = {
    Role.CUSTOMER: set(),
    Role.PRIVACY: TRAIL,
    Role.AUDITOR: SEEING | TRAIL | PORTS | {"port"},
    Role.ADMINISTRATOR: SEEING | TRAIL | {"user", "compare"},
    Role.SCHEDULER: {"night", "collect", "resend", "release"},
}


@pytest.mark.parametrize("role", MAY, ids=str)
def test_each_role_does_what_the_table_gives_it_and_no_more(stage, case, role):
    account = stage.account if role is Role.CUSTOMER else None
    actor = Actor(f"{role}@test.example", role, account, 1, "cli")
    for name, use in of_operations(stage, case).items():
        if name not in MAY[role]:
            with pytest.raises(NotAllowed):
                use(actor)
        elif name in SEEING | TRAIL | PORTS:
            use(actor)


def test_one_who_was_added_is_found(stage):
    user_id = add_user(stage.system, stage.staff, "Kim@operations.example", Role.OPERATIONS, "long enough words")
    person = find_person(stage.system, user_id)
    assert (person.id, person.role, person.account_id) == (user_id, Role.OPERATIONS, None)
    assert stage.events()[-1] == "user_added"
    assert find_person(stage.system, 999) is None


def test_a_user_is_refused_with_every_reason_at_once(stage):
    with pytest.raises(Refused) as refused:
        add_user(stage.system, stage.staff, "no address", Role.CUSTOMER, "short")
    assert [problem.code for problem in refused.value.problems] == ["B03", "B05", "B06"]
    with pytest.raises(Refused) as refused:
        add_user(stage.system, stage.staff, "ALEX@operations.example", Role.OPERATIONS, "long enough words")
    assert [problem.code for problem in refused.value.problems] == ["B04"]


def test_staff_act_by_their_name_and_what_they_do_can_be_recorded(stage):
    actor = staff_actor(stage.system, "sam@operations.example")
    assert (actor.user_id, actor.role) == (stage.second.user_id, Role.OPERATIONS)
    stage.register(1)
    cease_numbers(stage.system, actor, [number(1)])
    assert stage.events()[-1] == "number_ceased"
    for email in ("owner@hartwell.example", "nobody@operations.example"):
        with pytest.raises(NotFound):
            staff_actor(stage.system, email)
