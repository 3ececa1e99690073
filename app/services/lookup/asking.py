"""What is said with a look-up: the number, why, who asked, and whether they were rung back."""

from dataclasses import dataclass

from app.domain.look_ups import CallBack, LookUpReason
from app.errors import AppError, Problem, Refused
from validators.numbers import NumberRules, check_number, read_number

WORDS_MOST = 500
WHO_MOST = 200


class NotRecorded(AppError):
    """The look-up could not be written down, so it is not answered; the same may succeed later, or from a copy."""

    code = "L03"
    retryable = True


@dataclass(frozen=True, slots=True)
class Asking:
    """A look-up as it was typed; `reason` and `call_back` are values of the closed lists."""

    number: str
    reason: str
    call_back: str
    asked_by: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A look-up that can be recorded; `number` is in E.164 form."""

    number: str
    reason: LookUpReason
    call_back: CallBack
    asked_by: str
    words: str


def check_asking(asking: Asking) -> Asked:
    """Return the look-up as it is recorded; Refused with every fault of it (N01 and N07, L01, L02, B07)."""
    problems = []
    number = read_number(asking.number)
    if number is None:
        found = check_number(asking.number, rules=NumberRules(), holdings=None, account_id=None).findings[0]
        problems.append(
            Problem(found.code, "number", "error", found.message, found.suggestion, tuple(found.alternatives))
        )
    who, words = asking.asked_by.strip(), asking.words.strip()
    if asking.reason not in [*LookUpReason]:
        problems.append(Problem("L01", "reason", "error", "Say why you look this number up."))
    elif asking.reason == LookUpReason.OTHER and not words:
        problems.append(Problem("L01", "words", "error", "Say in words why you look this number up."))
    if asking.call_back not in [*CallBack]:
        text = "Say whether you rang back whoever asks, on a number that was known before."
        problems.append(Problem("L02", "call_back", "error", text))
    if not who:
        problems.append(Problem("L02", "asked_by", "error", "Say who asks: their name, and of which service."))
    for field, text, most in (("asked_by", who, WHO_MOST), ("words", words, WORDS_MOST)):
        if len(text) > most:
            problems.append(Problem("B07", field, "error", f"This is {len(text)} characters; at most {most} are kept."))
    if problems or number is None:
        raise Refused(problems)
    return Asked(number, LookUpReason(asking.reason), CallBack(asking.call_back), who, words)
