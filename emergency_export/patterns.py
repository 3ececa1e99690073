"""One regular expression that accepts exactly the records without a fault: the quick path.

It is built from the same FieldSpecs that name a fault; whatever it does not accept is looked at field by field.
Only two things are left to the caller: that a date exists in the calendar, and the order of record numbers.
"""

import re
from collections.abc import Iterable, Sequence

from emergency_export.fields import MOMENTS, PICTURE_SETS, PRINTABLE, FieldSpec, Kind

Need = tuple[frozenset[str], frozenset[str]]  # any one of these fields, for these commands


def char_class(chars: Iterable[str]) -> str:
    """Return a character class that holds exactly these characters."""
    return "[" + "".join(re.escape(char) for char in chars) + "]"


def line_pattern(
    fields: Sequence[FieldSpec],
    command: str,
    *,
    delimiter: str,
    quote: str,
    needs: Iterable[Need],
    groups: Iterable[str],
) -> re.Pattern[str]:
    """Compile the expression for records with this command; the fields in `groups` can be read from the match."""
    wanted = frozenset(groups)
    parts = []
    for spec in fields:
        body = "|".join(_alternatives(spec, command, delimiter + quote, quote))
        parts.append(f"(?P<{spec.name}>{body})" if spec.name in wanted else f"(?:{body})")
    ahead = "".join(_need(fields, names, delimiter, quote) for names, commands in needs if command in commands)
    return re.compile(ahead + re.escape(delimiter).join(parts) + r"\Z")


def _alternatives(spec: FieldSpec, command: str, special: str, quote: str) -> list[str]:
    blank = " " * spec.width if spec.fixed else ""
    if spec.kind is Kind.CONSTANT:
        return [re.escape(spec.padded(spec.constant))]
    if spec.kind is Kind.BLANK or spec.barred(command):
        return [blank]
    if spec.name == "command":
        return [re.escape(spec.padded(command))]
    filled = _filled(spec, special)
    if quote and spec.kind is Kind.TEXT:
        filled += _quoted(spec, special, quote)
    return filled if spec.required(command) else [blank, *filled]


def _filled(spec: FieldSpec, special: str) -> list[str]:
    if spec.kind in MOMENTS:
        return [_form_pattern(spec.form)]
    if spec.kind is Kind.NUMBER:
        return _number_patterns(spec)
    allowed = _allowed(spec)
    if spec.values or spec.pictures:
        texts = [_literal(value) for value in spec.values if value] or [
            _picture_pattern(picture) for picture in spec.pictures
        ]
        lengths = [len(value) for value in spec.values if value] or [len(picture) for picture in spec.pictures]
        return [_in_width(spec, text, length) for text, length in zip(texts, lengths, strict=True)]
    plain = "".join(char for char in allowed if char not in special)
    start = _literal(spec.begins)
    if not spec.fixed:
        return [f"{start}(?! ){char_class(plain)}{{1,{spec.width}}}(?<! )"] if not start else _by_length(spec, plain)
    if " " not in allowed or start:
        return _by_length(spec, allowed)
    edge, rest = char_class(char for char in allowed if char != " "), f"{char_class(allowed)}{{{spec.width - 1}}}"
    return [rest + edge if spec.justify == "right" else edge + rest]


def _allowed(spec: FieldSpec) -> str:
    return "".join(c for c in PRINTABLE if c in spec.characters and not (spec.upper and c.islower()))


def _by_length(spec: FieldSpec, allowed: str) -> list[str]:
    """Each length is an alternative of its own: text without inner spaces, then exactly its padding."""
    found = []
    for length in range(spec.width, max(len(spec.begins), 1) - 1, -1):
        rest = length - len(spec.begins)
        body = _literal(spec.begins) + (f"{char_class(allowed)}{{{rest}}}" if rest else "")
        if " " in allowed:
            body = f"(?! ){body}(?<! )"
        found.append(_in_width(spec, body, length))
    return found


def _in_width(spec: FieldSpec, text: str, length: int) -> str:
    if not spec.fixed or length == spec.width:
        return text
    blank = f" {{{spec.width - length}}}"
    return blank + text if spec.justify == "right" else text + blank


def _number_patterns(spec: FieldSpec) -> list[str]:
    if spec.zeros_optional:
        return [f"[0-9]{{1,{spec.width}}}"]
    if spec.pad == "0":
        return [f"[0-9]{{{spec.width}}}"]
    if not spec.fixed:
        return ["0", f"[1-9][0-9]{{0,{spec.width - 1}}}"]
    longer = (_in_width(spec, f"[1-9][0-9]{{{n - 1}}}", n) for n in range(spec.width, 0, -1))
    return [_in_width(spec, "0", 1), *longer]


def _form_pattern(form: str) -> str:
    digits = re.sub("CCYY|MM|DD|HH|SS", lambda token: "9" * len(token[0]), form)
    return "".join("[0-9]" if char == "9" else re.escape(char) for char in digits)


def _picture_pattern(picture: str) -> str:
    return "".join(char_class(PICTURE_SETS[sign]) if sign in PICTURE_SETS else _literal(sign) for sign in picture)


def _literal(text: str) -> str:
    return re.escape(text)


def _quoted(spec: FieldSpec, special: str, quote: str) -> list[str]:
    """A quoted text must have needed its quotes, or it would not be written the same again."""
    if spec.values or spec.pictures or spec.begins:
        return []
    allowed, sign = _allowed(spec), re.escape(quote)
    inner = char_class(char for char in allowed if char != quote)
    unit = f"(?:{inner}|{sign}{sign})" if quote in allowed else inner
    plain = char_class(char for char in PRINTABLE if char not in special)
    delimiter = re.escape(special.replace(quote, ""))
    return [f"{sign}(?={plain}*(?:{delimiter}|{sign}{sign}))(?! ){unit}{{1,{spec.width}}}(?<! ){sign}"]


def _need(fields: Sequence[FieldSpec], names: frozenset[str], delimiter: str, quote: str) -> str:
    options, offset = [], 0
    for index, spec in enumerate(fields):
        if spec.name in names:
            if spec.fixed:
                options.append(f".{{{offset}}}(?! {{{spec.width}}})")
            else:
                mark, sign = re.escape(delimiter), re.escape(quote)
                one = f"(?:{sign}(?:[^{sign}]|{sign}{sign})*{sign}|[^{mark}{sign}]*)" if quote else f"[^{mark}]*"
                options.append(f"(?:{one}{mark}){{{index}}}(?!{mark}|\\Z)")
        offset += spec.width
    return f"(?={'|'.join(options)})"
