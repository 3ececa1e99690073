"""A newer location that a program sends answers the case of its number, as one by a page or a file does."""

from api_caller import STAFF, Caller, location

from app.services.casework.listing import list_cases
from app.services.casework.showing import show_case
from app.services.demo import night
from app.services.system import System


def test_a_newer_word_sets_the_case_to_resent_and_acceptance_closes_it(caller: Caller, system: System) -> None:
    caller.post("/locations", location(premises="Berth Office"))
    night(system)
    (case,) = list_cases(system, STAFF)
    assert (case["state"], case["code"]) == ("open", "0102")
    caller.post("/locations", location(premises="Harbourmaster's House"))
    (case,) = list_cases(system, STAFF)
    assert case["state"] == "resent"
    assert show_case(system, STAFF, case["id"])["history"][0]["step"] == "resent"
    night(system)
    assert list_cases(system, STAFF) == []
    (case,) = list_cases(system, STAFF, closed=True)
    assert (case["state"], case["closed_why"]) == ("closed", "the agent accepted the record")
