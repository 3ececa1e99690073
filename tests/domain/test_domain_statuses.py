"""The status of a number: for all facts, what a person must act on comes first."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.actors import Role
from app.domain.cases import CaseState
from app.domain.commands import AcceptedState
from app.domain.permissions import PERMISSIONS, Permission, permitted
from app.domain.refusals import REFUSALS, refusal
from app.domain.statuses import Facts, Status, status_of
from emergency_export.profile_loading import load_profile

TODAY = date(2027, 3, 3)
facts = st.builds(
    Facts,
    ceased_on=st.none() | st.integers(-3, 3).map(lambda days: TODAY + timedelta(days)),
    accepted=st.sampled_from(AcceptedState),
    in_review=st.booleans(),
    waits=st.booleans(),
    in_flight=st.booleans(),
    case=st.none() | st.sampled_from([CaseState.OPEN, CaseState.RESENT]),
    said=st.booleans(),
    moves_away=st.booleans(),
    barred=st.booleans(),
)


@given(facts)
def test_what_is_ceased_is_ceased_or_on_its_way_out(known):
    found = status_of(known, TODAY)
    if known.ceased_on is not None and known.ceased_on <= TODAY:
        assert found in {Status.CEASED, Status.PORTING}
    else:
        assert found is not Status.CEASED


@given(facts)
def test_a_rejected_record_is_never_hidden(known):
    if known.case is CaseState.OPEN and known.ceased_on is None:
        assert status_of(known, TODAY) is Status.REJECTED


@given(facts)
def test_live_is_said_only_of_what_the_agent_holds(known):
    found = status_of(known, TODAY)
    if found is Status.LIVE:
        assert known.accepted is not AcceptedState.NONE
        assert (known.waits, known.in_flight, known.in_review) == (False, False, False)
    if found is Status.NEEDS_ADDRESS:
        assert known.accepted is AcceptedState.NONE


@given(facts)
def test_a_number_with_999_barred_is_neither_missing_nor_live(known):
    if known.barred:
        expected = Status.IN_REVIEW if known.in_review else Status.BARRED
        assert status_of(known, TODAY) in {expected, Status.REJECTED, Status.CEASED, Status.PORTING}
    else:
        assert status_of(known, TODAY) is not Status.BARRED


def test_the_scheduler_and_a_customer_judge_nothing():
    for role in (Role.CUSTOMER, Role.SCHEDULER, Role.AUDITOR, Role.PRIVACY):
        for permission in (Permission.JUDGE_REVIEW, Permission.WORK_CASES, Permission.ABANDON_TRANSACTION):
            assert not permitted(role, permission)
    assert set(PERMISSIONS) == set(Role)


def test_every_refusing_code_of_the_shipped_table_is_put_in_plain_words():
    profile = load_profile("eff-style-1")
    refusing = {
        code for code, row in profile.response_codes.items() if str(row.outcome) in {"refused", "closes_undone"}
    }
    assert refusing - {"0033"} <= set(REFUSALS)
    about_ports = {code for code in profile.response_codes if "0041" <= code <= "0050"}
    assert about_ports <= set(REFUSALS), "one that contradicts what came before is told in plain words too"
    assert refusal("0043", "porting complete").text == "The agent says that the port is complete."
    assert refusal("7777", "something new").text == "The agent answered 7777, which we do not know: something new"
    assert refusal("7777", "").text == "The agent answered 7777, which we do not know"
