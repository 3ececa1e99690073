"""Cells of a CSV for people: safe to open in a spreadsheet, and the same again when the file comes back."""

import re

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
NUMBER = re.compile(r"[+-]?[0-9. ]+")
GUARD = "'"


def guarded(cell: str) -> str:
    """Keep a spreadsheet from running a cell as a formula; numbers, also with a sign, stay as they are."""
    return f"{GUARD}{cell}" if cell.startswith(STARTS_A_FORMULA) and not NUMBER.fullmatch(cell) else cell


def unguarded(cell: str) -> str:
    """Take the guard off again, where it is one."""
    rest = cell.removeprefix(GUARD)
    return rest if guarded(rest) == cell else cell
