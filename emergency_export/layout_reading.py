"""The layouts of a profile, read from TOML and checked."""

import re
from dataclasses import dataclass

from emergency_export.fields import ALWAYS, MOMENTS, PRINTABLE, FieldSpec, Kind, strftime_form
from emergency_export.patterns import Need
from emergency_export.records import Layout
from emergency_export.toml_sections import Section


@dataclass(frozen=True)
class Ground:
    """What the rest of the profile says and a layout needs: style, capitals, command letters, line types."""

    fixed: bool
    delimiter: str
    quote: str
    record_length: int | None
    upper: bool
    defined: tuple[str, ...]
    enabled: tuple[str, ...]
    line_types: tuple[str, ...]


def read_layout(section: Section, name: str, ground: Ground) -> Layout:
    """Return one record's layout; a reply's section may state a style of its own."""
    style = section.text(
        "record_style", choices=("fixed", "delimited"), default="fixed" if ground.fixed else "delimited"
    )
    fixed = style == "fixed"
    delimiter = "" if fixed else section.text("delimiter", default=ground.delimiter)
    quote = "" if fixed else section.text("quote", default="" if section.has("delimiter") else ground.quote)
    if not fixed:
        _check_delimiter(section, delimiter, quote)
        delimiter = delimiter or ","
    specs: list[FieldSpec] = []
    for part in section.sections("fields"):
        spec = _read_field(part, fixed=fixed, ground=ground)
        part.close()
        if any(spec.name == earlier.name for earlier in specs):
            part.fault("name", "stands twice in this record")
        else:
            specs.append(spec)
    needs = tuple(_read_need(part, specs, ground) for part in section.sections("any_of", needed=False))
    layout = Layout(name, tuple(specs), delimiter, quote, needs)
    length = ground.record_length
    if section.has("record_length"):
        length = section.whole("record_length")
    if fixed and length is not None and layout.length != length:
        section.fault("fields", f"the widths add up to {layout.length}, record_length is {length}")
    _check_first(section, layout)
    section.close()
    return layout


def _check_delimiter(section: Section, delimiter: str, quote: str) -> None:
    if len(delimiter) != 1 or delimiter not in PRINTABLE or delimiter.isalnum() or delimiter == " ":
        section.fault("delimiter", "must be one printable character, no letter, digit or space")
    if quote and (len(quote) != 1 or quote not in PRINTABLE or quote == delimiter or quote.isalnum() or quote == " "):
        section.fault("quote", "must be one printable character other than the delimiter, or ''")


def _check_first(section: Section, layout: Layout) -> None:
    first = layout.fields[0] if layout.fields else None
    if first is None or first.name != "rec_type" or first.kind is not Kind.CONSTANT or not first.constant:
        section.fault("fields", "the first field must be rec_type, a constant: records are told apart by it")


def _read_field(part: Section, *, fixed: bool, ground: Ground) -> FieldSpec:
    name, width = part.text("name"), part.whole("width")
    if not re.fullmatch("[a-z][a-z0-9_]*", name):
        part.fault("name", "must be small letters, digits and underscores")
        name = "unnamed"
    kind = Kind(part.text("kind", choices=tuple(Kind), default="text"))
    number = kind is Kind.NUMBER
    justify = part.text("justify", choices=("left", "right"), default="right" if number else "left")
    pad = part.text("pad", default="0" if number and fixed else " ")
    if pad not in {" ", "0"} or (pad == "0" and (not number or justify == "left")):
        part.fault("pad", "must be a space, or '0' for a number on the right: anything else could not be read back")
    only = part.texts("only_for") if part.has("only_for") else None
    spec = FieldSpec(
        name=name,
        width=width,
        kind=kind,
        fixed=fixed,
        justify=justify,
        pad=pad,
        required_for=_commands(part, "required_for", part.texts("required_for", default=()), ground),
        only_for=None if only is None else _commands(part, "only_for", only, ground),
        characters=part.text("characters", default=PRINTABLE),
        begins=part.text("begins", default=""),
        pictures=part.texts("pictures", default=()),
        values=_values(part, name, ground),
        not_enabled=tuple(c for c in ground.defined if c not in ground.enabled) if name == "command" else (),
        constant=part.text("constant", default=""),
        form=part.text("form", default=""),
        upper=ground.upper,
        zeros_optional=part.flag("zeros_optional", default=False),
        counts=_commands(part, "counts", part.texts("counts", default=()), ground),
    )
    _check_field(part, spec)
    return spec


def _values(part: Section, name: str, ground: Ground) -> tuple[str, ...]:
    if name in {"command", "line_type"} and part.has("values"):
        part.fault("values", "follow from [commands] and [lines] and are not stated here")
    values = part.texts("values", default=())
    return {"command": ground.enabled, "line_type": ground.line_types}.get(name, values)


def _commands(part: Section, key: str, named: tuple[str, ...], ground: Ground) -> frozenset[str]:
    for command in named:
        if command not in {*ground.defined, ALWAYS, "blank"}:
            part.fault(key, f"{command} is not a defined command")
    return frozenset("" if command == "blank" else command for command in named)


def _check_field(part: Section, spec: FieldSpec) -> None:
    if (spec.kind is Kind.CONSTANT) != bool(spec.constant):
        part.fault("constant", "is for kind constant, and needed there")
    if (spec.kind in MOMENTS) != bool(spec.form):
        part.fault("form", "is for kinds date, time and stamp, and needed there")
    elif spec.kind in MOMENTS:
        _check_form(part, spec)
    if spec.kind is not Kind.NUMBER and (spec.zeros_optional or spec.counts):
        part.fault("kind", "zeros_optional and counts are for numbers")
    _check_shape(part, spec)
    for key, texts in (("values", spec.values), ("pictures", spec.pictures), ("constant", (spec.constant,))):
        for text in texts:
            _check_sample(part, key, text, spec)
    if not spec.characters or any(char not in PRINTABLE for char in spec.characters + spec.begins):
        part.fault("characters", "must be printable 7-bit characters")
    if len(spec.begins) > spec.width or any(char not in spec.characters for char in spec.begins):
        part.fault("begins", "must fit the width and the characters allowed")


def _check_shape(part: Section, spec: FieldSpec) -> None:
    shaped = [key for key in ("values", "pictures", "begins", "characters") if part.has(key)]
    if shaped and spec.kind is not Kind.TEXT:
        part.fault(shaped[0], "is for kind text")
    if len({*shaped} & {"values", "pictures"}) > 1 or (part.has("pictures") and len(shaped) > 1):
        part.fault("pictures", "pictures or values stand alone")
    elif part.has("values") and len(shaped) > 1:
        part.fault("values", "pictures or values stand alone")


def _check_sample(part: Section, key: str, text: str, spec: FieldSpec) -> None:
    if len(text) > spec.width:
        part.fault(key, f"'{text}' is longer than the width {spec.width}")
    if any(char not in PRINTABLE for char in text) or text.strip(" ") != text:
        part.fault(key, "must be printable 7-bit text without spaces at its ends")
    if spec.upper and text.upper() != text:
        part.fault(key, f"'{text}' is not in capitals")


def _check_form(part: Section, spec: FieldSpec) -> None:
    tokens = re.findall("CCYY|MM|DD|HH|SS", spec.form)
    wanted = {
        Kind.DATE: ["CCYY", "DD", "MM"],
        Kind.TIME: ["HH", "MM", "SS"],
        Kind.STAMP: ["CCYY", "DD", "HH", "MM", "MM", "SS"],
    }[spec.kind]
    if sorted(tokens) != wanted or strftime_form(spec.form).count("%m") != tokens.count("DD"):
        part.fault("form", f"a {spec.kind} needs each of {' '.join(wanted)} once, the month before HH")
    if len(spec.form) != spec.width or any(char not in PRINTABLE for char in spec.form):
        part.fault("form", f"'{spec.form}' must be as long as the width {spec.width}, in printable characters")


def _read_need(part: Section, specs: list[FieldSpec], ground: Ground) -> Need:
    names = part.texts("fields")
    for name in names:
        if all(name != spec.name for spec in specs):
            part.fault("fields", f"{name} is no field of this record")
    commands = _commands(part, "required_for", part.texts("required_for"), ground)
    part.close()
    return frozenset(names), commands
