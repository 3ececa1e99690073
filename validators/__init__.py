"""The rules of numbers, postcodes, addresses and places: pure, limits and directory passed in."""

from validators.abbreviations import abbreviate
from validators.alphabet import transliterate
from validators.directory import CheckedPostcode, Directory, DirectoryEntry, MemoryDirectory, check_postcode
from validators.findings import Finding, Severity, sort_by_weight
from validators.location import (
    COLUMNS,
    CheckedLocation,
    Location,
    Rules,
    Standing,
    check_location,
    is_yes,
)
from validators.numbers import CheckedNumber, Holdings, NumberRules, check_number, is_drama, national, read_number
from validators.postcodes import ParsedPostcode, parse_postcode
from validators.wording import Change, FieldLimits, Wording, as_sent

__all__ = [
    "COLUMNS",
    "Change",
    "CheckedLocation",
    "CheckedNumber",
    "CheckedPostcode",
    "Directory",
    "DirectoryEntry",
    "FieldLimits",
    "Finding",
    "Holdings",
    "Location",
    "MemoryDirectory",
    "NumberRules",
    "ParsedPostcode",
    "Rules",
    "Severity",
    "Standing",
    "Wording",
    "abbreviate",
    "as_sent",
    "check_location",
    "check_number",
    "check_postcode",
    "is_drama",
    "is_yes",
    "national",
    "parse_postcode",
    "read_number",
    "sort_by_weight",
    "transliterate",
]
