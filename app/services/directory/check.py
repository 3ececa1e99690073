"""`eld postcodes check`: what the rules and the directory say of postcodes as people write them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.services.directory.faults import as_problem
from app.services.directory.lookup import PREFETCH_MOST, DatabaseDirectory, open_directory
from validators import Severity, check_postcode, parse_postcode

if TYPE_CHECKING:
    from app.services.system import System


def check_postcodes(system: "System", raw_list: Sequence[str]) -> list[dict[str, Any]]:
    """Return, in their order, what is known of each postcode; degrees to 6 decimals, dates as CCYY-MM-DD.

    `valid` is false where there is a finding of severity error; `in_directory` where no directory could tell.
    """
    with system.database.reading() as work:
        return check_all(raw_list, open_directory(work))


def check_all(raw_list: Sequence[str], directory: DatabaseDirectory | None) -> list[dict[str, Any]]:
    """Check postcodes against a directory that is open, asking it once for each 5,000."""
    results = []
    for start in range(0, len(raw_list), PREFETCH_MOST):
        batch = raw_list[start : start + PREFETCH_MOST]
        if directory is not None:
            parsed = (parse_postcode(raw).postcode for raw in batch)
            directory.prefetch({postcode for postcode in parsed if postcode is not None})
        results += [_result(raw, row, directory) for row, raw in enumerate(batch, start + 1)]
    return results


def _result(raw: str, row: int, directory: DatabaseDirectory | None) -> dict[str, Any]:
    checked = check_postcode(raw, directory)
    entry = checked.entry
    return {
        "input": raw,
        "postcode": checked.postcode,
        "valid": all(finding.severity is not Severity.ERROR for finding in checked.findings),
        "in_directory": entry is not None,
        "terminated": entry.terminated.isoformat() if entry and entry.terminated else None,
        "latitude": _degrees(entry.latitude if entry else None),
        "longitude": _degrees(entry.longitude if entry else None),
        "problems": [as_problem(finding, row).as_dict() for finding in checked.findings],
    }


def _degrees(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
