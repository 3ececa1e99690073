"""999 over VoIP: which text was acknowledged and when, who moves about, and where that is told (L7)."""

from dataclasses import replace

import pytest
from sqlalchemy import update
from stage import location, number

from app.domain.voip import LIMITS, TEXT_VERSION
from app.errors import Refused
from app.models.accounts import Account
from app.models.records import Registration
from app.services.locations.registering import change_address, current_location


def voip(stage, place=1, **columns):
    return stage.register(place, line_type="VOIP", voip_acknowledged="yes", **columns)


def test_the_acknowledgement_is_kept_with_its_text_and_day(stage):
    voip(stage, nomadic="yes")
    said = stage.clock.now().isoformat()
    assert stage.record(1)["voip"] == {"acknowledged_at": said, "text_version": TEXT_VERSION, "nomadic": True}
    typed = current_location(stage.system, stage.customer, number(1))
    assert (typed.voip_acknowledged, typed.nomadic) == ("yes", "yes")
    stage.tomorrow(3)
    voip(stage, postcode="LS1 4AP")
    kept = stage.record(1)["voip"]
    assert (kept["acknowledged_at"], kept["nomadic"]) == (said, False), "the same text is acknowledged once"


def test_a_new_text_is_acknowledged_anew(stage):
    voip(stage)
    stage.execute(update(Registration).values(voip_text_version="2025-01"))
    stage.tomorrow()
    voip(stage, postcode="LS1 4AP")
    kept = stage.record(1)["voip"]
    assert (kept["acknowledged_at"], kept["text_version"]) == (stage.clock.now().isoformat(), TEXT_VERSION)


def test_another_kind_of_line_says_nothing_of_voip(stage):
    stage.register(1)
    assert stage.record(1)["voip"] is None
    voip(stage, 2)
    stage.register(2, line_type="DDI")
    assert stage.record(2)["voip"] is None
    assert stage.record("01632960999")["voip"] is None


def test_without_acknowledgement_there_is_no_voip_line_and_only_on_one_somebody_moves_about(stage):
    with pytest.raises(Refused) as refused:
        stage.register(1, line_type="VOIP")
    assert "R02" in {problem.code for problem in refused.value.problems}
    with pytest.raises(Refused) as refused:
        stage.register(1, nomadic="yes")
    assert "R08" in {problem.code for problem in refused.value.problems}


def test_the_limits_are_whole_sentences():
    assert len(LIMITS) >= 3
    assert all(limit.endswith(".") and limit[0].isupper() for limit in LIMITS)


def test_a_move_of_the_whole_address_takes_its_confirmation_and_the_users_facts_along(stage):
    stage.execute(update(Account).values(billing_address="Pennant House, Dewsbury Road", billing_postcode="LS11 5DF"))
    for place in (1, 2):
        voip(stage, place, premises="Wharf House", postcode="LS1 4AP")
    moved = location(1, line_type="VOIP", voip_acknowledged="yes", nomadic="yes")
    with pytest.raises(Refused) as refused:
        change_address(stage.system, stage.customer, number(1), moved)
    assert [problem.code for problem in refused.value.problems if problem.severity == "error"] == ["A09", "A09"]
    judged = change_address(stage.system, stage.customer, number(1), replace(moved, address_confirmed="yes"))
    assert [item.standing for item in judged] == ["accepted", "accepted"]
    assert [stage.record(place)["voip"]["nomadic"] for place in (1, 2)] == [True, False]
    abroad = replace(moved, address_confirmed="yes", outside_uk="yes")
    with pytest.raises(Refused) as refused:
        change_address(stage.system, stage.customer, number(1), abroad)
    assert "R03" in {problem.code for problem in refused.value.problems}
