"""A field of a record: its width, its padding and what may stand in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from emergency_export.faults import FaultCode

FieldValue = str | int | date | time | datetime | None
ALWAYS = "*"
PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
PICTURE_SETS = {"9": "0123456789", "A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


class Kind(StrEnum):
    """What a field holds; dates and times are naive and local to the profile's zone."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    STAMP = "stamp"
    CONSTANT = "constant"
    BLANK = "blank"


MOMENTS: dict[Kind, type] = {Kind.DATE: date, Kind.TIME: time, Kind.STAMP: datetime}


def strftime_form(form: str) -> str:
    """Translate `CCYYMMDDHHMMSS` and the like; MM means minutes once HH has gone before."""
    seen: list[str] = []

    def translate(token: re.Match[str]) -> str:
        seen.append(token[0])
        if token[0] == "MM" and "HH" in seen:
            return "%M"
        return {"CCYY": "%Y", "MM": "%m", "DD": "%d", "HH": "%H", "SS": "%S"}[token[0]]

    return re.sub("CCYY|MM|DD|HH|SS", translate, form.replace("%", "%%"))


@dataclass(frozen=True)
class FieldSpec:
    """One row of the specification's table.

    `required_for` and `only_for` hold command letters, "" for the blank command and "*" for every record.
    A picture is `9` for a digit, `A` for a capital letter, anything else for itself. `width` is a maximum in a
    delimited record. `zeros_optional`: a number is written with its zeros and read without them too.
    """

    name: str
    width: int
    kind: Kind = Kind.TEXT
    fixed: bool = True
    justify: str = "left"
    pad: str = " "
    required_for: frozenset[str] = frozenset()
    only_for: frozenset[str] | None = None
    characters: str = PRINTABLE
    begins: str = ""
    pictures: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    not_enabled: tuple[str, ...] = ()
    constant: str = ""
    form: str = ""
    upper: bool = False
    zeros_optional: bool = False
    counts: frozenset[str] = frozenset()

    def required(self, command: str) -> bool:
        """Say whether a record with this command must fill the field."""
        return ALWAYS in self.required_for or command in self.required_for

    def barred(self, command: str) -> bool:
        """Say whether a record with this command must leave the field blank."""
        return self.only_for is not None and command not in self.only_for

    def text_of(self, value: FieldValue) -> str:
        """Return the value's text without padding; TypeError where the value is of another kind than the field."""
        if self.kind is Kind.CONSTANT:
            return self.constant
        if self.kind is Kind.BLANK or value is None or value == "":
            return ""
        if self.kind is Kind.NUMBER:
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                raise TypeError(f"{self.name} takes a whole number")
            return str(value)
        if self.kind in MOMENTS:
            # a datetime is a date to Python: only the very type is taken, nothing is cut off a stamp in silence
            if type(value) is not MOMENTS[self.kind] or not isinstance(value, date | time):
                raise TypeError(f"{self.name} takes a {MOMENTS[self.kind].__name__}")
            return value.strftime(strftime_form(self.form))
        if not isinstance(value, str):
            raise TypeError(f"{self.name} takes text")
        return value

    def value_of(self, text: str) -> FieldValue:
        """Return the value of an unpadded text that has no fault; a blank is None, for text it is ''."""
        if self.kind in {Kind.TEXT, Kind.CONSTANT, Kind.BLANK}:
            return text
        if not text:
            return None
        if self.kind is Kind.NUMBER:
            return int(text)
        moment = datetime.strptime(text, strftime_form(self.form))  # noqa: DTZ007  local by the profile's definition
        if self.kind is Kind.DATE:
            return moment.date()
        return moment.time() if self.kind is Kind.TIME else moment

    def padded(self, text: str) -> str:
        """Return the text as it stands in the record; a text that is too long stays too long."""
        if not text:
            return " " * self.width if self.fixed else ""
        if self.kind is Kind.NUMBER and self.pad == "0":
            return text.zfill(self.width)
        if not self.fixed:
            return text
        return text.rjust(self.width) if self.justify == "right" else text.ljust(self.width)

    def stripped(self, raw: str) -> str:
        """Return the text without its padding; what `padded` could not have made is left for `problems` to find."""
        if self.fixed:
            raw = raw.lstrip(" ") if self.justify == "right" and self.pad == " " else raw.rstrip(" ")
        zeros = self.kind is Kind.NUMBER and self.pad == "0" and raw.isdecimal()
        if zeros and (len(raw) == self.width or (self.zeros_optional and len(raw) < self.width)):
            return raw.lstrip("0") or "0"
        return raw

    def raw_problems(self, raw: str, command: str = "") -> Iterator[tuple[FaultCode, str]]:
        """Yield all that is wrong with a field as it stands in a record, its padding included."""
        text = self.stripped(raw)
        found = list(self.problems(text, command))
        yield from found
        if not found and not self.zeros_optional and self.padded(text) != raw:
            label = self.name.replace("_", " ")
            words = (
                f"{label} must be {self._number_words()}" if self.kind is Kind.NUMBER else f"{label} is padded wrongly"
            )
            yield FaultCode.FORM, words

    def problems(self, text: str, command: str = "") -> Iterator[tuple[FaultCode, str]]:
        """Yield code and sentence for all that is wrong with an unpadded text in a record with this command."""
        label = self.name.replace("_", " ")
        if self.kind in {Kind.CONSTANT, Kind.BLANK}:
            if text != self.constant:
                wanted = f"must be '{self.constant}'" if self.constant else "must be blank"
                yield FaultCode.RECORD_TYPE if self.name == "rec_type" else FaultCode.VALUE, f"{label} {wanted}"
            return
        if not text:
            if self.required(command):
                after = f" for command {_letter(command)}" if command and ALWAYS not in self.required_for else ""
                yield FaultCode.MISSING, f"{label} is missing; it is needed{after}"
            return
        if self.barred(command):
            yield FaultCode.NOT_BLANK, f"{label} must be blank for command {_letter(command)}"
        if len(text) > self.width:
            yield FaultCode.TOO_LONG, f"{label} is {len(text)} characters; the file takes {self.width}"
        yield from self._content_problems(text, label)

    def _content_problems(self, text: str, label: str) -> Iterator[tuple[FaultCode, str]]:
        if self.kind is Kind.NUMBER:
            if not re.fullmatch("0|[1-9][0-9]*", text):
                yield FaultCode.FORM, f"{label} must be {self._number_words()}"
        elif self.kind in MOMENTS:
            if not self._is_moment(text):
                yield FaultCode.FORM, f"{label} must be a {self.kind} written {self.form}"
        else:
            yield from self._text_problems(text, label)

    def _number_words(self) -> str:
        if self.pad == "0" and not self.zeros_optional:
            return f"{self.width} digits with leading zeros"
        return f"a number of at most {self.width} digits"

    def _is_moment(self, text: str) -> bool:
        pattern = strftime_form(self.form)
        try:
            # strptime forgives a missing zero; only what renders back to the same text is accepted
            return datetime.strptime(text, pattern).strftime(pattern) == text  # noqa: DTZ007  local by definition
        except ValueError:
            return False

    def _text_problems(self, text: str, label: str) -> Iterator[tuple[FaultCode, str]]:
        odd = next((at for at, char in enumerate(text) if char not in PRINTABLE), None)
        if odd is not None:
            shown = f"'{text[odd]}' (U+{ord(text[odd]):04X})" if text[odd].isprintable() else f"U+{ord(text[odd]):04X}"
            yield FaultCode.CHARACTER, f"{label}: character {odd + 1} is {shown}, which has no place in 7-bit text"
        elif self.upper and text != text.upper():
            yield FaultCode.CASE, f"{label} must be in capitals"
        if text.strip(" ") != text:
            yield FaultCode.SPACE, f"{label} begins or ends with a space"
        elif odd is None:
            yield from self._shape_problems(text, label)

    def _shape_problems(self, text: str, label: str) -> Iterator[tuple[FaultCode, str]]:
        wrong = next((char for char in text if char not in self.characters), None)
        if text in self.not_enabled:
            yield FaultCode.COMMAND, f"{label} {text} is defined and not enabled"
        elif self.values and text not in self.values:
            yield FaultCode.VALUE, f"{label} must be one of {', '.join(value for value in self.values if value)}"
        elif wrong is not None:
            yield FaultCode.SHAPE, f"{label} may not hold '{wrong}'"
        elif not text.startswith(self.begins):
            yield FaultCode.SHAPE, f"{label} must begin with {self.begins}"
        elif self.pictures and not any(fits_picture(text, picture) for picture in self.pictures):
            yield FaultCode.SHAPE, f"{label} must look like {' or '.join(self.pictures)}"


def _letter(command: str) -> str:
    """Return the command as a message names it: what is no letter may, in a shifted row, be a personal value."""
    if not command:
        return "(blank)"
    return command if len(command) == 1 else "(unknown)"


def fits_picture(text: str, picture: str) -> bool:
    """Say whether each character is the digit, capital letter or literal that the picture has in its place."""
    if len(text) != len(picture):
        return False
    return all(char in PICTURE_SETS.get(sign, sign) for char, sign in zip(text, picture, strict=True))
