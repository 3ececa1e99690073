"""The rules of numbers, postcodes, addresses and places: pure, limits and directory passed in."""

from validators.directory import CheckedPostcode, Directory, DirectoryEntry, MemoryDirectory, check_postcode
from validators.findings import Finding, Severity, sort_by_weight
from validators.numbers import CheckedNumber, Holdings, NumberRules, check_number, is_drama, national, read_number
from validators.postcodes import ParsedPostcode, parse_postcode

__all__ = [
    "CheckedNumber",
    "CheckedPostcode",
    "Directory",
    "DirectoryEntry",
    "Finding",
    "Holdings",
    "MemoryDirectory",
    "NumberRules",
    "ParsedPostcode",
    "Severity",
    "check_number",
    "check_postcode",
    "is_drama",
    "national",
    "parse_postcode",
    "read_number",
    "sort_by_weight",
]
