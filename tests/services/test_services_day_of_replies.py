"""A day of replies, shuffled, a tenth of them repeated, some contradicting: the result is that of each once, in order.

What holds, and is held here. Let the day be any number of replies to transactions in flight. Replies to different
transactions can change places. Of one transaction, what only tells something (0013, the warnings of a port) or waits
(0018) can stand anywhere; and the same words again, anywhere after the first time, change nothing. What cannot be so
is the order of two words that decide: the first final reply that is applied is the end, and what contradicts it later
opens a case and changes nothing else. So the day is shuffled as a whole, and the deciding words of each transaction
then take the places that fell to them in the order in which the agent said them. Neither where a CAR ends nor where a
collection or a batch does makes a difference.

"Equal" is, number by number: its transactions with state, command, cause and day; the accepted record with content,
dates and counts; its port with its state; its cases, closed ones too, with code, text, state and urgency; and what was
said of it. Not equal are ids, the last warning of a port, and the line in the history of a case for each time.
"""

import random
from itertools import count

import pytest
from flight import Flying, ends, fly
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stage import Stage

from emergency_export.replies import CarRow

TELLS = {"A": ["0013", "0018"], "I": ["0013", "0018", "0046", "0047"], "E": ["0018", "0045", "0048"]}
DECIDES = {
    "A": ["0037", "0037", "0037", "0101", "0103", "0777", "0057"],
    "M": ["0039", "0039", "0104", "0105", "0777", "0037"],
    "C": ["0038", "0104", "0057", "0777"],
    "I": ["0042", "0042", "0043", "0050", "0103", "0101", "0777"],
    "E": ["0041", "0041", "0043", "0049", "0104", "0057"],
}
HISTORIES = st.sampled_from("AAMMCIE").flatmap(
    lambda command: st.tuples(
        st.just(command),
        st.lists(st.sampled_from(DECIDES[command]), max_size=4),
        st.lists(st.sampled_from(TELLS.get(command, TELLS["A"])), max_size=3),
    )
)


def written(stage: Stage, sent: Flying, codes: list[str]) -> list[CarRow]:
    """Replies of one transaction; no two are the same words."""
    return [stage.reply(sent, code, text=f"WORD {place}") for place, code in enumerate(codes)]


def lay(stage: Stage, rows: list[CarRow], most: int) -> None:
    """Lay rows into the inbox, in CARs of up to `most`; collect before the names of the day begin again."""
    for start in range(0, len(rows), most):
        if stage.car(*rows[start : start + most]).endswith("99.CAR"):
            stage.collect()
    stage.collect()


def shuffled(
    histories: list[tuple[list[CarRow], list[CarRow]]], chance: random.Random, repeated: float
) -> list[CarRow]:
    """The whole day in any order, but the deciding words of a transaction in theirs; some again, after the first."""
    day = [(at, row) for at, (decides, tells) in enumerate(histories) for row in (*decides, *tells)]
    chance.shuffle(day)
    in_turn = [iter(decides) for decides, _ in histories]
    deciding = [set(map(id, decides)) for decides, _ in histories]
    rows = [next(in_turn[at]) if id(row) in deciding[at] else row for at, row in day]
    for place in sorted(chance.sample(range(len(rows)), round(len(rows) * repeated)), reverse=True):
        rows.insert(chance.randint(place + 1, len(rows)), rows[place])
    return rows


def run_day(stage: Stage, histories, seed: int, most: int, repeated: float = 0.1) -> int:
    """Say to each number in order, and to its twin shuffled and some twice; compare; return how many came shuffled."""
    chance = random.Random(seed)  # noqa: S311  a day, no secret
    commands = [command for command, *_ in histories]
    sent = fly(stage, commands + commands)
    twins = list(zip(sent[: len(commands)], sent[len(commands) :], histories, strict=True))
    in_order = [row for one, _, (_, decides, tells) in twins for row in written(stage, one, tells + decides)]
    lay(stage, in_order, 5_000)
    of_twins = [(len(tells), written(stage, twin, tells + decides)) for _, twin, (_, decides, tells) in twins]
    rows = shuffled([(words[tells:], words[:tells]) for tells, words in of_twins], chance, repeated)
    lay(stage, rows, most)
    found = ends(stage)
    assert len(found) == 2 * len(commands)
    for place, history in enumerate(histories):
        assert found[place] == found[place + len(commands)], history
    return len(rows)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    histories=st.lists(HISTORIES, min_size=1, max_size=25),
    seed=st.integers(0, 2**32),
    most=st.sampled_from([1, 3, 50]),
)
def test_the_order_of_a_day_makes_no_difference(new_stage, histories, seed, most):
    stage = new_stage()
    stage._cars = count(1)
    run_day(stage, histories, seed, most, repeated=0.3)
    stage.check_trail()


@pytest.mark.long
def test_a_day_of_100_000(new_stage):
    chance = random.Random(999)  # noqa: S311  a day, no secret
    histories = []
    contradicting = 0
    for at in range(32_000):
        command = chance.choice("AAAMMCIE")
        decides = [chance.choice(DECIDES[command])]
        if at < 5_000:
            decides.append(chance.choice(DECIDES[command]))
            contradicting += 1
        tells = chance.choices(TELLS.get(command, TELLS["A"]), k=chance.choice((1, 2, 2)))
        histories.append((command, decides, tells))
    come = run_day(new_stage(), histories, 999, 1_000, repeated=0.11)
    print(f"{come} replies in shuffled order, {contradicting} second words")  # noqa: T201  the figure of the run
    assert come >= 100_000
