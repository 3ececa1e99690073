"""A judgement of the services as the API's answer."""

from collections.abc import Sequence
from typing import Any

from app.services.locations.judgement import Judgement
from validators.numbers import national


def judgement_json(item: Judgement) -> dict[str, Any]:
    """Return one judgement by the names of JudgementOut."""
    return {
        "standing": item.standing,
        "number": None if item.number is None else national(item.number),
        "effective_date": item.effective_date,
        "problems": [problem.as_dict() for problem in item.problems],
        "sent": item.sent,
        "changes": [
            {"field": change.field, "kind": change.kind, "before": change.before, "after": change.after}
            for change in item.changes
        ],
    }


def counted(judged: Sequence[Judgement]) -> dict[str, Any]:
    """Return the judgements with their counts, by the names of RegisteredOut."""
    standings = [item.standing for item in judged]
    names = ("accepted", "unchanged", "for_review", "refused")
    return {
        "rows": len(judged),
        **{name: standings.count(name) for name in names},
        "judgements": [judgement_json(item) for item in judged],
    }
