"""The record-level check: what a record says against the rules of the interface and what the agent holds."""

import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from emergency_export.agent import codes
from emergency_export.agent.columns import KEPT

_PLACE = re.compile("[AMI]")
_TXN_REF = re.compile("[0-9]{3}/[0-9]{3}/[0-9]{12}")
_NUMBER = re.compile("0[0-9]{7,14}")
_CUPID = re.compile("[0-9]{3}")
_DATE = re.compile("[0-9]{8}")
_POSTCODE = re.compile("[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}")
_ADDRESS_ID = re.compile("[0-9]{1,12}")
_LINE_TYPES = frozenset({"", "DDI", "EXT", "FNET", "VOIP"})


@dataclass(frozen=True, slots=True)
class RefusalRule:
    """Refuses A, M and I records whose field contains a text, until the field is put right.

    For rehearsals: `RefusalRule("0102", "premises", "WORKS")` refuses "OLD WORKS" as an address incomplete.
    """

    code: str
    field: str
    contains: str

    def __post_init__(self) -> None:
        if self.code not in codes.REFUSALS:
            raise ValueError(f"{self.code} is not a code that refuses: {', '.join(codes.REFUSALS)}")
        if self.field not in KEPT:
            raise ValueError(f"{self.field} is not a field of a record: {', '.join(KEPT)}")
        if not self.contains:
            raise ValueError("a refusal rule needs a text to look for")


@dataclass(frozen=True, slots=True)
class Standards:
    """What the agent measures records by."""

    cupid: str
    upper_only: bool = True
    widths: Mapping[str, int] = field(default_factory=dict)
    known_postcodes: Container[str] | None = None
    refuse_postcodes: Container[str] = frozenset()
    rules: tuple[RefusalRule, ...] = ()


Values = Mapping[str, str]


def check_record(values: Values, held_date: str | None, *, used: bool, standards: Standards) -> tuple[str, ...]:
    """Return the codes against a record, the deciding one first; none when it can be taken.

    `held_date` is the effective date (CCYYMMDD) of the record that the agent holds, None when it holds none;
    `used` says that the transaction reference has been seen before.
    """
    found = set()
    text = "".join(values.values())
    if (standards.upper_only and text != text.upper()) or values["telephone_no"].strip("0123456789"):
        found.add(codes.BAD_CHARACTER)
    if used or any(rule(values) for rule in _INVALID) or values["parent_cupid"] != standards.cupid:
        found.add(codes.INVALID)
    if any(len(values[name]) > width for name, width in standards.widths.items()):
        found.add(codes.INVALID)
    found |= _against_what_is_held(values, held_date)
    if _PLACE.fullmatch(values["command"]):
        found |= _place(values, standards)
    return tuple(code for code in codes.REFUSALS if code in found)


def _against_what_is_held(values: Values, held_date: str | None) -> set[str]:
    command = values["command"]
    if held_date is None:
        return {codes.NO_RECORD} if command in {"M", "C", "E"} else set()
    found = {codes.ALREADY_ACTIVE} if command in {"A", "I"} else set()
    if values["effective_date"] < held_date:
        found.add(codes.TOO_EARLY)
    return found


def _place(values: Values, standards: Standards) -> set[str]:
    found = set()
    postcode = values["postcode"]
    if (
        _POSTCODE.fullmatch(postcode) is None
        or postcode in standards.refuse_postcodes
        or (standards.known_postcodes is not None and postcode not in standards.known_postcodes)
    ):
        found.add(codes.BAD_POSTCODE)
    if not values["premises"] or not (values["thoroughfare"] or values["locality"]):
        found.add(codes.BAD_ADDRESS)
    if not values["name"]:
        found.add(codes.INVALID)
    found.update(rule.code for rule in standards.rules if rule.contains in values[rule.field])
    return found


def _bad_date(values: Values) -> bool:
    text = values["effective_date"]
    if _DATE.fullmatch(text) is None:
        return True
    try:
        datetime.strptime(text, "%Y%m%d")  # noqa: DTZ007  only whether there is such a day
    except ValueError:
        return True
    return False


def _bad_reference(values: Values) -> bool:
    reference = values["txn_ref"]
    cupids = f"{values['parent_cupid']}/{values['child_cupid']}/"
    return _TXN_REF.fullmatch(reference) is None or not reference.startswith(cupids)


def _bad_change_cupid(values: Values) -> bool:
    change, command = values["change_cupid"], values["command"]
    if not change:
        return command == "E"
    return command not in {"E", "I"} or _CUPID.fullmatch(change) is None


def _bad_address_id(values: Values) -> bool:
    number, source = values["address_id"], values["address_id_source"]
    if not number:
        return bool(source)
    return source not in {"U", "P"} or _ADDRESS_ID.fullmatch(number) is None


# Anything here is 0057. A text that begins with a blank is not left-justified: its column was missed.
_INVALID: tuple[Callable[[Values], bool], ...] = (
    lambda values: values["command"] not in codes.SUCCESS,
    lambda values: _NUMBER.fullmatch(values["telephone_no"]) is None,
    _bad_date,
    _bad_reference,
    lambda values: _CUPID.fullmatch(values["child_cupid"]) is None,
    _bad_change_cupid,
    lambda values: values["line_type"] not in _LINE_TYPES,
    _bad_address_id,
    lambda values: bool(values["new_telephone_no"]),
    lambda values: any(value[:1] == " " for value in values.values()),
)
