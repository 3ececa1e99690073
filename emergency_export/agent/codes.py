"""The response codes that the agent gives, out of the interface's table."""

from typing import NamedTuple


class Code(NamedTuple):
    """One row of the table: class and final as they stand in a CAR row."""

    code: str
    class_: str
    final: str
    text: str


ACTIVATED, CEASED, MODIFIED = "0037", "0038", "0039"
EXPORT_TAKEN, IMPORT_TAKEN = "0041", "0042"
NUMBER_MISSING, NOT_OWNED = "0013", "0018"
PORT_COMPLETE = "0043"
NO_IMPORT, IMPORT_OVERDUE, NO_EXPORT, EXPORT_OVERDUE = "0045", "0046", "0047", "0048"
EXPORT_REMOVED, IMPORT_REMOVED = "0049", "0050"
INVALID, BAD_POSTCODE, BAD_ADDRESS = "0057", "0101", "0102"
ALREADY_ACTIVE, NO_RECORD, TOO_EARLY, BAD_CHARACTER = "0103", "0104", "0105", "0106"

SUCCESS = {
    "A": ACTIVATED,
    "C": CEASED,
    "M": MODIFIED,
    "E": EXPORT_TAKEN,
    "I": IMPORT_TAKEN,
}

# Where a record has several faults the first of these decides: what cannot be read at all, then what the
# agent holds, then what it says of the place.
REFUSALS = (BAD_CHARACTER, INVALID, ALREADY_ACTIVE, NO_RECORD, TOO_EARLY, BAD_POSTCODE, BAD_ADDRESS)

# The commands that each of them may be said of, in the interface's table.
REFUSED_OF = {
    BAD_CHARACTER: "ACMEI",
    INVALID: "ACMEI",
    ALREADY_ACTIVE: "AI",
    NO_RECORD: "MCE",
    TOO_EARLY: "ACMEI",
    BAD_POSTCODE: "AMI",
    BAD_ADDRESS: "AMI",
}

# The reasons of an FCO.
REASONS = (
    "BADNAME",
    "BADHEADER",
    "SEQGAP",
    "SEQDUP",
    "BADCOUNT",
    "BADCHECKSUM",
    "NONASCII",
    "BADLENGTH",
    "BADCUPID",
)

CODES = {
    row.code: row
    for row in (
        Code(NUMBER_MISSING, "WARN", "N", "TELEPHONE NUMBER MISSING"),
        Code(NOT_OWNED, "ERROR", "N", "OLO DOES NOT OWN ENTRY"),
        Code(ACTIVATED, "END", "Y", "NEW RECORD SUCCESSFUL"),
        Code(CEASED, "END", "Y", "CEASE RECORD SUCCESSFUL"),
        Code(MODIFIED, "END", "Y", "MODIFY RECORD SUCCESSFUL"),
        Code(EXPORT_TAKEN, "INFO", "N", "EXPORT TAKEN"),
        Code(IMPORT_TAKEN, "INFO", "N", "IMPORT TAKEN"),
        Code(PORT_COMPLETE, "END", "Y", "PORTING COMPLETE"),
        Code(NO_IMPORT, "WARN", "N", "IMPORT RECORD IS MISSING"),
        Code(IMPORT_OVERDUE, "WARN", "N", "IMPORT IS 10 DAYS OVERDUE"),
        Code(NO_EXPORT, "WARN", "N", "EXPORT RECORD IS MISSING"),
        Code(EXPORT_OVERDUE, "WARN", "N", "EXPORT IS 10 DAYS OVERDUE"),
        Code(EXPORT_REMOVED, "ERROR", "Y", "EXPORT REMOVED, NO IMPORT"),
        Code(IMPORT_REMOVED, "ERROR", "Y", "IMPORT REMOVED, NO EXPORT"),
        Code(INVALID, "ERROR", "Y", "DATA OR RECORD IS INVALID"),
        Code(BAD_POSTCODE, "ERROR", "Y", "POSTCODE NOT KNOWN"),
        Code(BAD_ADDRESS, "ERROR", "Y", "ADDRESS INCOMPLETE"),
        Code(ALREADY_ACTIVE, "ERROR", "Y", "NUMBER ALREADY ACTIVE"),
        Code(NO_RECORD, "ERROR", "Y", "NO RECORD FOUND"),
        Code(TOO_EARLY, "ERROR", "Y", "EFFECTIVE DATE EARLIER THAN THE RECORD HELD"),
        Code(BAD_CHARACTER, "ERROR", "Y", "INVALID CHARACTER"),
    )
}
