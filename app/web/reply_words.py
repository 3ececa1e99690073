"""The words of what the agent answered: what became of a file, of a row, and why a file was refused."""

from app.domain.files import ReplyFileOutcome
from app.domain.outcomes import Effect
from app.services.replies.listing import Kept

R, E = ReplyFileOutcome, Effect

SORTS = {Kept.ALL: "All", Kept.FCO: "About files (FCO)", Kept.CAR: "About records (CAR)", Kept.SET_ASIDE: "Set aside"}
EMPTY = {
    Kept.ALL: "What the agent answers stands here, file by file. Nothing was collected yet.",
    Kept.FCO: "The agent's word on each file stands here. None was collected yet.",
    Kept.CAR: "The agent's word on each record stands here. None was collected yet.",
    Kept.SET_ASIDE: "A reply that is damaged or not for us is set aside whole, and stands here with the reason. "
    "None was set aside.",
}
# Colour, word, and what it means.
OUTCOMES: dict[str, tuple[str, str, str]] = {
    R.QUARANTINED: ("red", "Set aside", "It is damaged or not for us: nothing of it was applied."),
    R.REPEATED: ("grey", "Repeated", "The same was collected before: nothing changed."),
    R.ACCEPTED: ("green", "Accepted", "The agent took our file."),
    R.MISCOUNTED: (
        "yellow",
        "Accepted, miscounted",
        "The agent took our file and counts other records than we sent.",
    ),
    R.REFUSED: ("red", "Refused", "The agent refused our file: what it held goes out again in another."),
    R.HOLDS: (
        "red",
        "Refused, holds",
        "Refused for what would come again: no file leaves until a person releases it.",
    ),
    R.GAP: ("red", "Sequence gap", "The agent misses a file before ours: both are sent again as they were."),
    R.DUPLICATE: (
        "red",
        "Sequence used",
        "The agent has a file of this number already: a person must find out which.",
    ),
    R.OWN_RESEND: ("grey", "Answers our resend", "The agent had it already, as we knew: nothing changed."),
    R.LATE: ("grey", "Late", "It says what was put right since: nothing changed."),
    R.CONTRADICTS: (
        "red",
        "Contradicts",
        "It says other than what was said before: nothing changed, a person looks.",
    ),
    R.APPLIED: ("green", "Applied", "The next in its sequence."),
    R.AFTER_GAP: ("yellow", "Applied, after a gap", "Numbers before it have not come: ask the agent for them."),
    R.FILLS_GAP: ("green", "Applied, fills a gap", "One that had been missed."),
    R.OUT_OF_TURN: ("yellow", "Applied, out of turn", "From before the first that was collected here."),
    R.RESTARTED: ("yellow", "Applied, numbering restarted", "The agent's numbers began again."),
    R.NUMBER_TWICE: ("yellow", "Applied, number used twice", "Another file of the agent had this number."),
}
# Word, and what it means.
EFFECTS: dict[str, tuple[str, str]] = {
    E.APPLIED: ("Applied", "It changed what we know of the record."),
    E.NOTED: ("Noted", "It tells something and decides nothing."),
    E.REPEATED: ("Repeated", "It says again what was said."),
    E.LATE: ("Late", "It came after the end and changed nothing."),
    E.CONTRADICTS: ("Contradicts", "It says other than the end that was said before: it has a case."),
    E.UNKNOWN_CODE: ("Unknown code", "We do not know this code for this command: it has a case."),
    E.UNSOLICITED: ("Unsolicited", "It answers no transaction of ours."),
}
REASONS = {
    "BADNAME": "the name of the file",
    "BADHEADER": "the header",
    "SEQGAP": "a file before it is missing",
    "SEQDUP": "its number was used before",
    "BADCOUNT": "the number of records",
    "BADCHECKSUM": "the checksum",
    "NONASCII": "a character outside ASCII",
    "BADLENGTH": "the length of a record",
    "BADCUPID": "the CUPID",
}
