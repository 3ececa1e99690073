"""Findings of the rules, put where they belong: into the error summary, and beside the field that they are about."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask_wtf import FlaskForm

from app.errors import Problem
from app.web.forms.fields import TypedDate
from app.web.label import FIELD_NAMES

SEPARATOR = "|"
FACTS = ("code", "field", "severity", "suggestion", "alternatives")


@dataclass
class Findings:
    """What a page shows of the rules' findings.

    `summary` is the list of the error summary; `notes` holds by field what is no error, and `takes` the values that
    could be taken instead, each as a button. `told` holds every finding by the field it stands beside.
    """

    summary: list[dict[str, str]] = field(default_factory=list)
    notes: dict[str, list[Problem]] = field(default_factory=dict)
    takes: dict[str, list[str]] = field(default_factory=dict)
    told: dict[str, list[Problem]] = field(default_factory=dict)

    def facts(self, name: str) -> str:
        """Return what stands beside a field, for programs: the code is the contract; empty where nothing does."""
        found = [problem.as_dict() for problem in self.told.get(name, [])]
        return json.dumps([{key: one[key] for key in FACTS} for one in found]) if found else ""

    @property
    def reviews(self) -> list[Problem]:
        """Return what a person will look at before it goes out."""
        return [item for items in self.notes.values() for item in items if item.severity == "review"]

    @property
    def others(self) -> list[Problem]:
        """Return the advice that is about no field of the form."""
        return self.notes.get("", [])


def place(form: FlaskForm, problems: Iterable[Problem]) -> Findings:
    """Put every finding beside its field, and every error into the summary as well, in the order of the form."""
    found = Findings()
    errors: dict[str, list[str]] = {}
    loose: list[dict[str, str]] = []
    for problem in problems:
        name = problem.field if problem.field in form else ""
        found.told.setdefault(name, []).append(problem)
        takes = [value for value in (problem.suggestion, *problem.alternatives) if value]
        if name and takes:
            kept = found.takes.setdefault(name, [])
            kept += [value for value in takes if value not in kept]
        if problem.severity != "error":
            found.notes.setdefault(name, []).append(problem)
        elif name:
            errors.setdefault(name, []).append(problem.message)
        else:
            loose.append({"text": about(problem)})
    for item in form:
        if item.name in errors:
            item.errors = [" ".join(errors[item.name])]
            found.summary += [{"text": text, "href": f"#{anchor(item)}"} for text in errors[item.name]]
    found.summary += loose
    return found


def about(problem: Problem) -> str:
    """Return a finding as a sentence that says which field it is about."""
    name = FIELD_NAMES.get(problem.field)
    return f"{name}: {problem.message}" if name else problem.message


def anchor(item: Any) -> str:
    """Return the id of the input that a link from the summary leads to."""
    return f"{item.id}-day" if isinstance(item, TypedDate) else str(item.id)


def take(form: FlaskForm, chosen: str) -> None:
    """Fill in the value of a suggestion's button, written `field|value`."""
    name, _, value = chosen.partition(SEPARATOR)
    if name in form and name not in {"csrf_token", "seen", "scope"}:
        form[name].data = value


def summary_of(form: FlaskForm) -> list[dict[str, str]]:
    """Return the form's own errors for the error summary."""
    return [{"text": str(text), "href": f"#{anchor(item)}"} for item in form for text in item.errors]
