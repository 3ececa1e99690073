"""The second factor set up, renewed and taken away; secrets sealed under keys outside the database."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from stage_people import ANOTHER, PASSWORD

from app.domain.actors import AccountRole, Role
from app.errors import CallAPerson, Misconfigured, NotAllowed, NotFound, Refused
from app.models.people import RecoveryCode, SecondFactor
from app.services.people.logging_in import Step
from app.services.people.second_factor import (
    begin_second_factor,
    confirm_second_factor,
    make_recovery_codes,
    remove_second_factor,
    reset_second_factor,
)
from app.services.people.secrets import NAME, SecretRing
from app.services.people.tokens import digest_of


def codes_of(refused) -> list[str]:
    return [problem.code for problem in refused.value.problems]


def test_it_counts_once_a_code_of_it_was_given(people) -> None:
    actor = people.opened().actor()
    people.letters()
    made = begin_second_factor(people.system, actor, PASSWORD)
    assert len(made.secret) == 32
    assert made.address.startswith("otpauth://totp/Numbergroup:kim%40quarry.example?secret=")
    drawn = ET.fromstring(made.svg)  # noqa: S314  our own
    assert drawn.tag.endswith("svg")
    assert "style" not in made.svg
    assert "script" not in made.svg
    assert people.log_in().step is Step.IN
    with pytest.raises(Refused) as refused:
        confirm_second_factor(people.system, actor, "000000")
    assert codes_of(refused) == ["B13"]
    codes = confirm_second_factor(people.system, actor, people.code(made.secret))
    assert (len(codes), len(set(codes)), {len(code) for code in codes}) == (10, 10, {19})
    assert people.log_in().step is Step.CODE
    assert [letter.subject for letter in people.letters()] == ["Your second factor at Numbergroup was changed"]
    assert "second_factor_set_up" in people.stage.events()


def test_the_code_that_set_it_up_lets_nobody_in(people) -> None:
    actor = people.opened().actor()
    made = begin_second_factor(people.system, actor, PASSWORD)
    code = people.code(made.secret)
    confirm_second_factor(people.system, actor, code)
    assert people.log_in(code=code).step is Step.CODE


def test_setting_it_up_ends_the_sessions_that_did_without(people) -> None:
    actor = people.opened().actor()
    here, there = people.logged_in(), people.logged_in()
    made = begin_second_factor(people.system, actor, PASSWORD)
    confirm_second_factor(people.system, actor, people.code(made.secret), people.session(here))
    assert (people.goes_on(here), people.goes_on(there)) == (True, False)


def test_a_session_left_open_is_not_enough(people) -> None:
    actor = people.opened().actor()
    with pytest.raises(Refused) as refused:
        begin_second_factor(people.system, actor, "wrong")
    assert codes_of(refused) == ["B12"]
    secret, _ = people.with_factor(actor)
    for use in (
        lambda: begin_second_factor(people.system, actor, PASSWORD),
        lambda: make_recovery_codes(people.system, actor, "wrong"),
        lambda: remove_second_factor(people.system, actor, "wrong", people.code(secret)),
        lambda: remove_second_factor(people.system, actor, PASSWORD, "000000"),
    ):
        with pytest.raises(Refused):
            use()
    with pytest.raises(NotFound):
        confirm_second_factor(people.system, actor, people.code(secret))
    assert people.log_in().step is Step.CODE


def test_it_is_taken_away_with_password_and_code(people) -> None:
    actor = people.opened().actor()
    secret, _ = people.with_factor(actor)
    remove_second_factor(people.system, actor, PASSWORD, people.code(secret))
    assert people.log_in().step is Step.IN
    assert (people.stage.all(SecondFactor), people.stage.all(RecoveryCode)) == ([], [])


def test_codes_cannot_be_tried_out_inside_a_session(people) -> None:
    actor = people.opened().actor()
    secret, _ = people.with_factor(actor)
    for number in range(8):
        with pytest.raises(Refused):
            remove_second_factor(people.system, actor, PASSWORD, f"{number:06}")
    with pytest.raises(Refused):
        remove_second_factor(people.system, actor, PASSWORD, people.code(secret))


def test_recovery_codes_are_good_once_and_kept_as_digests(people) -> None:
    actor = people.opened().actor()
    _, codes = people.with_factor(actor)
    rows = people.stage.all(RecoveryCode)
    assert {row.digest for row in rows} == {digest_of(code.replace("-", "")) for code in codes}
    assert people.log_in(code=codes[3]).step is Step.IN
    assert people.log_in(code=codes[3]).step is Step.CODE
    answer = people.log_in()
    assert people.give_code(answer, codes[4]).step is Step.IN
    used = [json.loads(event.detail) for event in recovery_events(people)]
    assert used == [{"left": 9}, {"left": 8}]
    new = make_recovery_codes(people.system, actor, PASSWORD)
    assert people.log_in(code=codes[5]).step is Step.CODE
    assert people.log_in(code=new[5]).step is Step.IN


def recovery_events(people):
    from app.models.audit import AuditEvent  # noqa: PLC0415

    return [event for event in people.stage.all(AuditEvent) if event.action == "recovery_code_used"]


def test_of_many_who_give_one_code_at_once_one_gets_in(people) -> None:
    secret, codes = people.with_factor(people.opened().actor())
    for code in (people.code(secret), codes[0]):
        with ThreadPoolExecutor(4) as pool:
            steps = list(pool.map(lambda _, code=code: people.log_in(code=code).step, range(4)))
        assert steps.count(Step.IN) == 1


def test_another_owner_resets_it_and_nobody_their_own(people) -> None:
    owner = people.opened().actor()
    sam = people.joined(owner, "sam@quarry.example", AccountRole.VIEWER)
    people.with_factor(sam.actor())
    with pytest.raises(NotAllowed):
        reset_second_factor(people.system, sam.actor(), owner.user_id)
    with pytest.raises(NotFound):
        reset_second_factor(people.system, people.stage.other_customer, sam.id)
    reset_second_factor(people.system, owner, sam.id)
    assert people.log_in("sam@quarry.example").step is Step.IN
    people.with_factor(owner)
    with pytest.raises(NotAllowed):
        reset_second_factor(people.system, owner, owner.user_id)
    admin = people.staff("admin@operations.example", Role.ADMINISTRATOR)
    reset_second_factor(people.system, admin, owner.user_id)
    assert people.log_in().step is Step.IN
    with pytest.raises(NotFound):
        reset_second_factor(people.system, admin, owner.user_id)


@pytest.mark.usefixtures("quick_hashes")
def test_staff_cannot_do_without(new_stage) -> None:
    from stage_people import People  # noqa: PLC0415

    people = People(new_stage(ELD_SECOND_FACTOR="staff"))
    kim = people.staff("kim@operations.example", Role.OPERATIONS)
    secret, _ = people.with_factor(kim)
    with pytest.raises(NotAllowed):
        remove_second_factor(people.system, kim, PASSWORD, people.code(secret))
    admin = people.staff("admin@operations.example", Role.ADMINISTRATOR)
    reset_second_factor(people.system, admin, kim.user_id)
    assert people.log_in("kim@operations.example").step is Step.SET_UP


# secrets


def test_the_database_holds_no_secret_and_another_persons_row_does_not_open(people) -> None:
    kim, sam = people.opened(), people.opened("sam@quarry.example")
    secret, _ = people.with_factor(kim.actor())
    people.with_factor(sam.actor())
    sealed = {row.user_id: row.sealed for row in people.stage.all(SecondFactor)}
    assert secret not in str(sealed)
    swap = update(SecondFactor).where(SecondFactor.user_id == sam.id).values(sealed=sealed[kim.id])
    people.stage.execute(swap)
    with pytest.raises(CallAPerson):
        people.log_in("sam@quarry.example", code=people.code(secret))


@given(secret=st.text(max_size=200), purpose=st.text(max_size=30))
def test_what_is_sealed_opens_for_its_purpose_alone(tmp_path_factory, secret, purpose) -> None:
    ring = SecretRing(tmp_path_factory.mktemp("keys"))
    sealed = ring.seal(secret, purpose)
    assert ring.open(sealed, purpose) == secret
    assert ring.seal(secret, purpose) != sealed
    for other, place in ((sealed, purpose + "x"), (sealed[:-8] + "AAAAAAA=", purpose), ("", purpose), ("é", purpose)):
        with pytest.raises(CallAPerson):
            ring.open(other, place)


def test_a_key_is_turned_by_a_line_in_front(tmp_path) -> None:
    ring = SecretRing(tmp_path)
    sealed, digest = ring.seal("x", "p"), ring.digest("192.0.2.1")
    path = tmp_path / NAME
    path.write_text("ab" * 32 + "\n" + path.read_text("ascii"), "ascii")
    turned = SecretRing(tmp_path)
    assert turned.open(sealed, "p") == "x"
    assert turned.digest("192.0.2.1") == digest
    with pytest.raises(CallAPerson):
        ring.open(turned.seal("x", "p"), "p")


def test_a_ring_is_made_once_and_for_its_owner_alone(tmp_path) -> None:
    folder = tmp_path / "keys"
    with ThreadPoolExecutor(8) as pool:
        rings = list(pool.map(lambda _: SecretRing(folder), range(8)))
    assert len({ring.digest("x") for ring in rings}) == 1
    assert [path.name for path in folder.iterdir()] == [NAME]
    path = folder / NAME
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    with pytest.raises(Misconfigured, match="600"):
        SecretRing(folder)
    path.chmod(0o600)
    for damaged in ("", "xyz", "ab" * 31):
        path.write_text(damaged)
        with pytest.raises(Misconfigured, match="damaged"):
            SecretRing(folder)


def test_a_password_of_another_does_not_set_it_up(people) -> None:
    people.opened()
    sam = people.opened("sam@quarry.example", ANOTHER).actor()
    with pytest.raises(Refused):
        begin_second_factor(people.system, sam, PASSWORD)
    people.clock.advance(timedelta(minutes=1))
    assert begin_second_factor(people.system, sam, ANOTHER).secret
