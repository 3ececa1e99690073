"""A profile read from its TOML: every fault found, named by its path, and all told at once."""

import hashlib
import tomllib
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from emergency_export.faults import ProfileFault, WrongProfile
from emergency_export.fields import ALWAYS
from emergency_export.layout_reading import Ground, read_layout
from emergency_export.names import NameTemplate, template_faults
from emergency_export.profile_agreement import check_agreement
from emergency_export.profiles import Checksum, FileKind, Profile
from emergency_export.responses import Basis, Outcome, ResponseCode
from emergency_export.toml_sections import Section

REPLY_CLASSES = ("END", "ERROR", "WARN", "INFO")


def read_profile(text: str) -> Profile:
    """Return the profile declared by this canonical text; WrongProfile carries every fault."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise WrongProfile([ProfileFault("profile", f"is not TOML: {wrong}")]) from wrong
    faults: list[ProfileFault] = []
    profile = _build(Section(table, "", faults), text)
    if not faults:
        # what contradicts between sections is looked at once each section is right by itself
        faults += check_agreement(profile)
    if faults:
        raise WrongProfile(faults)
    return profile


def _build(root: Section, text: str) -> Profile:
    file, records, replies = root.section("file"), root.section("records"), root.section("replies")
    defined, enabled = _commands(root.section("commands"))
    numbers, areas, lines = root.section("numbers"), root.section("postcodes"), root.section("lines")
    line_types = lines.texts("types")
    ground = _ground(file, tuple(defined), enabled, line_types)
    header, data, trailer = (read_layout(records.section(name), name, ground) for name in ("header", "data", "trailer"))
    answers = Ground(ground.fixed, ground.delimiter, ground.quote, None, False, ground.defined, ground.defined, ())
    names = ("fco", "car_header", "car_row", "car_trailer")
    fco, car_header, car_row, car_trailer = (read_layout(replies.section(name), name, answers) for name in names)
    templates, fco_suffix = _names(root.section("names"))
    profile = Profile(
        name=root.text("name"),
        label=root.text("label"),
        verified=root.flag("verified"),
        text=text,
        record_style="fixed" if ground.fixed else "delimited",
        line_ending={"CRLF": "\r\n", "LF": "\n"}[file.text("line_ending", choices=("CRLF", "LF"))],
        case="upper" if ground.upper else "any",
        timezone=_zone(file),
        column_names=not ground.fixed and file.flag("column_names", default=False),
        header=header,
        data=data,
        trailer=trailer,
        fco=fco,
        car_header=car_header,
        car_row=car_row,
        car_trailer=car_trailer,
        checksum=_checksum(root.section("checksum")) if root.has("checksum") else None,
        commands=defined,
        commands_enabled=enabled,
        line_types=("", *line_types),
        names=templates,
        fco_suffix=fco_suffix,
        sequence_scope=file.text("sequence_scope", choices=("parent_cupid",)),
        max_records=file.whole("max_records"),
        empty_file=file.text("empty_file", choices=("send", "skip")),
        owner_change=_owner_change(file),
        over_length=file.text("over_length", choices=("abbreviate", "refuse")),
        allowed_prefixes=_digits(numbers, "allowed_prefixes"),
        excluded_prefixes=_digits(numbers, "excluded_prefixes"),
        excluded_areas=areas.texts("excluded_areas"),
        response_codes=_responses(root.section("responses"), tuple(defined)),
    )
    for section in (file, records, replies, numbers, areas, lines, root):
        section.close()
    return profile


def _ground(file: Section, defined: tuple[str, ...], enabled: tuple[str, ...], line_types: tuple[str, ...]) -> Ground:
    fixed = file.text("record_style", choices=("fixed", "delimited")) == "fixed"
    return Ground(
        fixed=fixed,
        delimiter="" if fixed else file.text("delimiter"),
        quote="" if fixed else file.text("quote", default=""),
        record_length=file.whole("record_length") if fixed else None,
        upper=file.text("case", choices=("upper", "any")) == "upper",
        defined=defined,
        enabled=enabled,
        line_types=line_types,
    )


def _commands(section: Section) -> tuple[dict[str, str], tuple[str, ...]]:
    words = section.section("defined")
    defined = {letter: words.text(letter) for letter in words.keys()}  # noqa: SIM118  a Section is no mapping
    for letter in defined:
        if len(letter) != 1 or not letter.isalpha() or not letter.isascii():
            words.fault(letter, "a command is one letter")
    enabled = section.texts("enabled")
    for letter in enabled:
        if letter not in defined:
            section.fault("enabled", f"{letter} is not a defined command")
    section.close()
    return defined, enabled


def _owner_change(file: Section) -> str:
    value = file.text("owner_change")
    if value == "C+A":
        file.fault("owner_change", "C+A is not supported by this version, only M: one command with all fields")
    elif value != "M":
        file.fault("owner_change", "must be M")
    return value


def _zone(file: Section) -> ZoneInfo:
    key = file.text("timezone")
    try:
        return ZoneInfo(key)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        file.fault("timezone", f"'{key}' is not a time zone")
        return ZoneInfo("UTC")


def _checksum(section: Section) -> Checksum:
    algorithm, digits = section.text("algorithm"), section.whole("digits")
    upper = section.text("case", choices=("upper", "lower")) == "upper"
    if algorithm not in hashlib.algorithms_guaranteed or algorithm.startswith("shake"):
        section.fault("algorithm", f"'{algorithm}' is not known")
    elif digits > hashlib.new(algorithm, usedforsecurity=False).digest_size * 2:
        section.fault("digits", f"{algorithm} has fewer hex digits than {digits}")
    section.close()
    return Checksum(algorithm, digits, upper)


def _names(section: Section) -> tuple[dict[FileKind, NameTemplate], str]:
    templates = {}
    for kind in (FileKind.DAT, FileKind.EXT, FileKind.CAR):
        template = section.text(kind.lower())
        for message in template_faults(template):
            section.fault(kind.lower(), message)
        templates[kind] = NameTemplate(template)
    suffix = section.text("fco_suffix")
    if len({template.template for template in templates.values()}) != len(templates):
        section.fault("", "two kinds of file have the same name")
    section.close()
    return templates, suffix


def _digits(section: Section, key: str) -> tuple[str, ...]:
    values = section.texts(key)
    if not all(value.isdecimal() and value.isascii() and value.startswith("0") for value in values):
        section.fault(key, "must be digits that begin with 0")
    return values


def _responses(section: Section, defined: tuple[str, ...]) -> dict[str, ResponseCode]:
    found = {}
    for code in section.keys():  # noqa: SIM118  a Section is no mapping
        row = section.section(code)
        named = row.texts("commands")
        commands = frozenset(defined) if named == (ALWAYS,) else frozenset(named)
        other = row.section("overrides", needed=False)
        overrides = {
            letter: Outcome(other.text(letter, choices=tuple(Outcome)))
            for letter in other.keys()  # noqa: SIM118  a Section is no mapping
        }
        for letter in sorted(commands - {*defined}):
            row.fault("commands", f"{letter} is not a defined command")
        for letter in sorted(overrides.keys() - commands):
            row.fault("overrides", f"{letter} is not among the code's commands")
        found[code] = ResponseCode(
            code=code,
            commands=commands,
            class_=row.text("class", choices=REPLY_CLASSES),
            final=row.flag("final"),
            outcome=Outcome(row.text("outcome", choices=tuple(Outcome))),
            text=row.text("text"),
            basis=Basis(row.text("basis", choices=tuple(Basis))),
            overrides=overrides,
        )
        row.close()
    return found
