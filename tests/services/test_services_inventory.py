"""Ranges of the CP's own: overlaps, child CUPIDs, and what Ofcom's tables say of them."""

import pytest
from sqlalchemy import insert
from stage import Stage

from app.errors import Refused
from app.models.numbers import NumberBlock, NumberRange
from app.services.inventory import load_numbers

HEADER = "kind,start,end,account,child_cupid,losing_cupid,port_date"


def load(stage: Stage, *lines: str):
    path = stage.root / "numbers.csv"
    path.write_text("\n".join([HEADER, *lines, ""]))
    return load_numbers(stage.system, stage.cli, path)


def refused(stage: Stage, *lines: str) -> list[tuple[str, str, int]]:
    with pytest.raises(Refused) as told:
        load(stage, *lines)
    return [(problem.code, problem.field, problem.row) for problem in told.value.problems]


def block(prefix: str, holder: str, status: str = "Allocated") -> dict[str, object]:
    return {"prefix": prefix, "series": prefix[0], "digits": [10], "status": status, "holder": holder}


def test_the_same_range_again_is_an_update(stage: Stage) -> None:
    line = "range,01632960000,01632960999"
    assert load(stage, f"{line},,123,,")["problems"] == []
    assert load(stage, f"{line},,124,,", f"{line},,125,,")["problems"] == []
    assert [(item.child_cupid, item.end - item.start) for item in stage.all(NumberRange)] == [("125", 999)]


def test_a_range_that_crosses_another_is_refused_and_one_inside_is_told(stage: Stage) -> None:
    load(stage, "range,01632960000,01632960499,,,,")
    assert refused(stage, "range,01632960400,01632960599,,,,") == [("I02", "start", 1)]
    both = refused(stage, "range,01134960000,01134960499,,,,", "range,01134960400,01134960599,,,,")
    assert both == [("I02", "start", 2)]
    told = load(stage, "range,01632960100,01632960199,,124,,")["problems"]
    assert [(problem["code"], problem["severity"], problem["row"]) for problem in told] == [("I03", "warning", 1)]
    assert "01632960000 to 01632960499" in told[0]["message"]
    assert len(stage.all(NumberRange)) == 2


def test_child_cupids_are_three_digits_and_of_those_that_are_set(new_stage) -> None:
    stage = new_stage(ELD_CHILD_CUPIDS="124 125")
    assert refused(stage, *(f"range,0163296000{at},,,{child},," for at, child in enumerate(["12", "abc", "126"]))) == [
        ("R07", "child_cupid", 1),
        ("R07", "child_cupid", 2),
        ("R07", "child_cupid", 3),
    ]
    taken = [f"range,0163296000{at},,,{child},," for at, child in enumerate(["124", "999", ""])]
    assert load(stage, *taken)["ranges"] == 3
    own = f"ported_in,01632960009,,{stage.account},,999,{stage.today}"
    assert refused(stage, own) == [("R09", "losing_cupid", 1)]


def test_any_child_is_taken_where_none_are_set(stage: Stage) -> None:
    assert load(stage, "range,01632960000,,,777,,")["ranges"] == 1
    assert refused(stage, "range,01632960000,,,77,,") == [("R07", "child_cupid", 1)]


def test_a_range_that_ofcom_gave_to_another_is_loaded_with_a_warning(new_stage) -> None:
    stage = new_stage(ELD_RANGE_HOLDERS="Our Telecom Ltd=999")
    stage.execute(
        insert(NumberBlock).values(
            [
                block("16329600", "our TELECOM ltd"),
                block("16329601", "Northern Voice Ltd"),
                block("163296011", "Our Telecom Ltd"),
                block("16329602", "Lakes Lines Ltd", "Free"),
            ]
        )
    )
    assert load(stage, "range,01632960000,01632960099,,,,")["problems"] == []
    assert load(stage, "range,01632960200,01632960299,,,,")["problems"] == []
    told = load(stage, "range,01632960000,01632960199,,,,")
    assert told["ranges"] == 1
    assert [problem["code"] for problem in told["problems"]] == ["I03", "N08"]
    assert "90 of these 200 numbers were given to Northern Voice Ltd (90)" in told["problems"][1]["message"]
    assert len(stage.all(NumberRange)) == 3
