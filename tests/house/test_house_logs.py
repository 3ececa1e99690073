"""The last test of all: nothing personal stood in a log line or an address, whatever the others did."""

import pytest
from log_witness import Witness, witness


@pytest.mark.last
def test_no_log_line_and_no_address_tells_of_a_person() -> None:
    assert list(witness.told_too_much()) == []


@pytest.mark.parametrize(
    "line",
    [
        "told 01632 960001",
        "told +441134960101",
        "GET /numbers?search=01632960001",
        "mail to kim@quarry.example",
        "at Pennant House",
        "at ls115df",
        "password rehearsal-999-demo",
        f"key eld_0123456789_{'A' * 43}",
    ],
)
def test_what_it_looks_for_is_found(line: str) -> None:
    other = Witness()
    other.lines[line] = None
    assert len(list(other.told_too_much())) == 1
