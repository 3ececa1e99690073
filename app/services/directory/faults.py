"""What can be wrong with a directory, as problems that name file, line and column, and with a postcode."""

from app.errors import Problem, Refused
from validators.findings import Finding

# D01 not one of the sources, D02 a column is missing, D03 encoding, D04 empty, D05 damaged archive or quoting,
# D06 row of the wrong length, D07 not a postcode, D08 not a coordinate or date, D09 twice, D10 incomplete,
# D11 no room for the checked rows.
MOST = 100


def source_problem(code: str, message: str, file: str, line: int | None = None, column: str | None = None) -> Problem:
    """Return the problem; `column` becomes its field, or "file" where the whole file is meant."""
    place = f"{file}, line {line}" if line else file
    place += f", column {column}" if column else ""
    return Problem(code, column or "file", "error", f"{place}: {message}", line=line)


def as_problem(found: Finding, row: int | None = None) -> Problem:
    """Return what a rule has to say of a postcode, as every face shows it."""
    return Problem(
        found.code, found.field, found.severity.value, found.message, found.suggestion, found.alternatives, row=row
    )


class SourceFaults:
    """All faults of one source, so that they are told together and not one at each attempt."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    @property
    def found(self) -> bool:
        """Whether a fault was noted."""
        return bool(self._problems)

    def note(self, code: str, message: str, file: str, line: int | None = None, column: str | None = None) -> None:
        """Keep the fault; at the hundredth the rest is not read any more, and Refused says so."""
        self._problems.append(source_problem(code, message, file, line, column))
        if len(self._problems) >= MOST:
            raise Refused([source_problem("D10", f"reading stopped at fault {MOST}: there may be more", file)])

    def with_those(self, refusal: Refused) -> Refused:
        """Return the refusal that ended the reading, together with the faults noted before it."""
        return Refused([*self._problems, *refusal.problems])

    def settle(self) -> None:
        """Raise Refused with all faults, if there is one."""
        if self._problems:
            raise Refused(self._problems)
