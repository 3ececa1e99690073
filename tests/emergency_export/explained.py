"""Files of every kind and profile, and what `explain` says of them."""

import pytest
from export_samples import (
    CAR_ROWS,
    CSV,
    EFF,
    HELD,
    car_header,
    facts,
    fco,
    rendered,
)

from emergency_export.explain.explanation import explain
from emergency_export.profiles import FileKind
from emergency_export.replies import render_car, render_fco

PROFILES = [EFF, CSV]
both = pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
KINDS = ["DAT", "full", "EXT", "FCO", "CAR"]
PERSONAL = ("telephone_no", "title", "forename", "name", "premises", "thoroughfare", "locality", "postcode")


def car(profile, replies=CAR_ROWS):
    return b"".join(render_car(car_header(profile), replies, profile))


def sample(profile, kind):
    """One faultless file of a kind, with its name."""
    if kind == "full":
        return rendered(profile, HELD, kind="F"), facts(profile).file_name
    if kind == "EXT":
        extract = {"kind": "F", "file": FileKind.EXT}
        return rendered(profile, HELD, **extract), facts(profile, **extract).file_name
    if kind == "FCO":
        return render_fco(fco(profile), profile), profile.fco_name(facts(profile).file_name)
    if kind == "CAR":
        return car(profile), car_header(profile).file_name
    return rendered(profile), facts(profile).file_name


def walked(content, name, profile, kind=None):
    explanation = explain(content, name, profile, kind)
    return explanation, list(explanation.records())


def found(content, name=None, profile=EFF, kind=None):
    return [(f.code, f.line, f.field, f.columns) for f in walked(content, name, profile, kind)[0].findings]


def values(record):
    return {field.name: field.value for field in record.fields}


def words(record):
    return {field.name: field.meaning for field in record.fields}


def put(content, line, old, new, ending=b"\r\n"):
    lines = content.split(ending)
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    return ending.join(lines)
