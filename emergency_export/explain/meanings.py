"""What a value means, in plain words: from the profile's tables where it has one, else from the interface's."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from functools import lru_cache, partial

from emergency_export.fields import MOMENTS, FieldSpec
from emergency_export.profiles import Profile
from emergency_export.records import Layout
from emergency_export.responses import Basis, Outcome

Texts = Mapping[str, str]
Meaning = Callable[[str, Texts], str]

# Values of one letter or word that every profile must have (file-interface: header, data record, CAR)
FIXED = {
    "file_kind": {"D": "changes", "F": "full"},
    "environment": {"L": "live", "T": "test"},
    "address_id_source": {"U": "UPRN", "P": "UDPRN"},
    "status": {"ACCEPTED": "the file is taken", "REJECTED": "the file is refused whole"},
    "class": {"END": "the end", "ERROR": "an error", "WARN": "a warning", "INFO": "for information"},
    "final": {"Y": "the last word", "N": "another reply may follow"},
    "reason": {
        "BADNAME": "the file's name is not one that the agent expects",
        "BADHEADER": "the header is not as it must be",
        "SEQGAP": "a file before this one is missing at the agent",
        "SEQDUP": "the agent has had a file with this number already",
        "BADCOUNT": "the trailer's counts are not those of the records",
        "BADCHECKSUM": "the trailer's checksum is not that of the bytes before it",
        "NONASCII": "the file holds a character outside 7-bit text",
        "BADLENGTH": "a record has the wrong length",
        "BADCUPID": "the CUPID is not one that the agent takes files from",
    },
}
OUTCOMES = {
    Outcome.DONE: "the transaction is complete",
    Outcome.TAKEN: "the transaction is complete, and a porting pair opens",
    Outcome.REFUSED: "the transaction is refused",
    Outcome.NOTED: "noted, nothing changes by it",
    Outcome.WAITING: "not the last word, the transaction waits",
    Outcome.CLOSES: "the porting pair closes",
    Outcome.CLOSES_UNDONE: "the porting pair closes, the port is undone",
}
NOT_IN_TABLE = "not in the profile's table; it completes nothing"


def meanings(layout: Layout, profile: Profile) -> dict[str, Meaning]:
    """Return, for the fields of a record that need words, what gives the words; '' where a value needs none."""
    found: dict[str, Meaning] = {name: partial(_fixed, words) for name, words in FIXED.items()}
    found |= {spec.name: _moment_words(spec) for spec in layout.fields if spec.kind in MOMENTS}
    found["command"] = partial(_command, profile)
    if layout is profile.car_row:
        found["txn_ref"] = _unsolicited
        found["response_code"] = partial(_response, profile)
        found["error_list"] = partial(_errors, profile)
    return {name: meaning for name, meaning in found.items() if name in layout.by_name}


def response_words(profile: Profile, code: str, command: str) -> str:
    """Return what a response code means for a transaction with this command."""
    row = profile.response_codes.get(code)
    if row is None:
        return NOT_IN_TABLE
    if command and not row.applies_to(command):
        return f"{row.text}; does not belong to command {command}, so it completes nothing"
    assumed = "; assumed by this profile" if row.basis is Basis.ASSUMED else ""
    return f"{row.text}; {OUTCOMES[row.outcome_for(command)]}{assumed}"


def _fixed(words: Mapping[str, str], text: str, _texts: Texts) -> str:
    return words.get(text, "")


def _command(profile: Profile, text: str, texts: Texts) -> str:
    if not text:
        return "" if "response_code" in texts else "blank: a full file or an extract"
    enabled = "" if text in profile.commands_enabled else ", not enabled"
    return profile.commands[text] + enabled if text in profile.commands else ""


def _unsolicited(text: str, _texts: Texts) -> str:
    return "" if text else "blank: the agent writes unasked"


def _response(profile: Profile, text: str, texts: Texts) -> str:
    return response_words(profile, text, texts.get("command", "")) if text else ""


def _errors(profile: Profile, text: str, _texts: Texts) -> str:
    rows = ((code, profile.response_codes.get(code)) for code in text.split(",") if code)
    return ", ".join(f"{code} {row.text if row else NOT_IN_TABLE}" for code, row in rows)


def _moment_words(spec: FieldSpec) -> Meaning:
    @lru_cache(maxsize=4096)
    def words(text: str) -> str:
        if not text or any(True for _ in spec.problems(text)):
            return ""
        value = spec.value_of(text)
        if isinstance(value, datetime):
            return f"{value.day} {value:%B %Y, %H:%M:%S}"
        if isinstance(value, date):
            return f"{value.day} {value:%B %Y}"
        return f"{value:%H:%M:%S}" if isinstance(value, time) else ""

    return lambda text, _texts: words(text)
