"""When, how often and in which form a reply is put into the inbox: pure, from the faults alone."""

from typing import NamedTuple

from emergency_export.agent import damage
from emergency_export.agent.faults import Faults

WHOLE, LOST = "whole", "lost"


class Sending(NamedTuple):
    """One time that a reply is put into the inbox, `after` so many steps; a LOST one never is."""

    after: int
    form: str = WHOLE


class Plan(NamedTuple):
    """The sendings of a reply, and those of its repetition under a new name."""

    own: tuple[Sending, ...]
    renamed: tuple[Sending, ...] = ()


def delay_of(faults: Faults, key: str) -> int:
    """Return how many steps late a reply is, 0 where it comes in time."""
    return faults.steps("late steps", key) if faults.happens("late", key) else 0


def plan(faults: Faults, kind: str, key: str, *, after: int = 0) -> Plan:
    """Return what befalls the reply `key` of a kind, FCO or CAR, that is due `after` so many steps."""
    begin = after + delay_of(faults, key)
    if faults.happens("lose_reply", key):
        return Plan((Sending(begin, LOST),))
    own = []
    if faults.happens("damage", key):
        forms = damage.OF_CAR if kind == "CAR" else damage.OF_FCO
        own.append(Sending(begin, faults.choose("damage form", key, forms)))
        begin += faults.steps("damage steps", key)
    own.append(Sending(begin))
    if not faults.happens("twice", key):
        return Plan(tuple(own))
    again = Sending(begin + faults.steps("twice steps", key))
    if kind == "CAR" and faults.choose("twice name", key, (True, False)):
        return Plan(tuple(own), (again,))
    return Plan((*own, again))
