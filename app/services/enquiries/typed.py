"""What somebody types who asks us something, checked with all findings at once (Q01 to Q05, B03)."""

import re
import unicodedata
from dataclasses import asdict, dataclass

from app.domain.enquiries import EnquiryInterest, EnquiryTopic
from app.errors import Problem
from app.services.locations.judgement import as_problem
from app.services.people.particulars import check_name
from validators.business import check_email

MESSAGE_MOST, BUSINESS_MOST, TELEPHONE_MOST = 4000, 200, 40
# Whoever asks need not be in the United Kingdom: any number that a person can dial.
DIALLED = re.compile(r"[+0-9][0-9 ()./-]{5,39}")
FEWEST_DIGITS = 7
UNSEEN = {"Cc", "Cf", "Zs", "Zl", "Zp"}
TURNS = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}  # the direction of writing


@dataclass(frozen=True)
class TypedEnquiry:
    """One enquiry as typed; `website` is a field that people do not see: programs that fill in everything do."""

    topic: str = ""
    interest: str = ""
    name: str = ""
    email: str = ""
    telephone: str = ""
    business_name: str = ""
    message: str = ""
    consent: bool = False
    website: str = ""


@dataclass(frozen=True)
class CheckedEnquiry:
    """The enquiry as it is to be kept, and what there is to say."""

    typed: TypedEnquiry
    problems: tuple[Problem, ...]


def check_enquiry(typed: TypedEnquiry, *, demo: bool) -> CheckedEnquiry:
    """Check every field."""
    kept = asdict(typed) | {
        name: " ".join(getattr(typed, name).split()) for name in ("name", "telephone", "business_name")
    }
    kept["message"] = typed.message.replace("\r\n", "\n").strip()
    problems = [*_of_choices(typed), *check_name("name", "Your name", kept["name"])]
    email = check_email(typed.email, demo=demo)
    problems += [as_problem(finding) for finding in email.findings]
    kept["email"] = email.value or typed.email
    if kept["telephone"] and not _can_be_dialled(kept["telephone"]):
        problems.append(_wrong("telephone", "This cannot be dialled. Enter the whole number, or leave it out."))
    if kept["business_name"]:
        problems += check_name("business_name", "The business's name", kept["business_name"], BUSINESS_MOST)
    problems += check_text("message", kept["message"], MESSAGE_MOST, "Your message")
    if not typed.consent:
        message = "Tick this if we may contact you: without it we could not answer, so nothing is sent or kept."
        problems.append(Problem("Q03", "consent", "error", message))
    if typed.website.strip():
        problems.append(
            Problem("Q04", "website", "error", "Leave this field empty: programs fill it in, people do not.")
        )
    return CheckedEnquiry(TypedEnquiry(**kept), tuple(problems))


def check_text(field: str, text: str, most: int, words: str) -> list[Problem]:
    """Return what stands against a text of several lines; what is pasted is taken, with its joiners and spaces."""
    steering = next((at for at, letter in enumerate(text) if _steers(letter)), None)
    if steering is not None:
        name = unicodedata.name(text[steering], f"CONTROL CHARACTER U+{ord(text[steering]):04X}")
        place = f"{name} in line {text.count(chr(10), 0, steering) + 1}"
        return [_wrong(field, f"{words} has a character that cannot be printed: {place}. Take it out.")]
    if all(unicodedata.category(letter) in UNSEEN for letter in text):
        return [Problem("Q01", field, "error", f"{words} is missing.")]
    if len(text) > most:
        return [Problem("Q02", field, "error", f"{words} has {len(text):,} characters; at most {most:,} are taken.")]
    return []


def _steers(letter: str) -> bool:
    """Say whether a character steers a screen, turns the writing of what is behind it, or is none at all."""
    return (unicodedata.category(letter) in {"Cc", "Cs"} and letter not in "\n\t") or letter in TURNS


def _of_choices(typed: TypedEnquiry) -> list[Problem]:
    problems = []
    if typed.topic not in set(EnquiryTopic):
        problems.append(Problem("Q01", "topic", "error", "Choose whom you want to ask: sales or support."))
    if typed.interest not in set(EnquiryInterest):
        problems.append(Problem("Q01", "interest", "error", "Choose what it is about."))
    return problems


def _can_be_dialled(text: str) -> bool:
    return DIALLED.fullmatch(text) is not None and sum(letter.isdecimal() for letter in text) >= FEWEST_DIGITS


def _wrong(field: str, message: str) -> Problem:
    return Problem("Q02", field, "error", message)
