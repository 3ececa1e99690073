"""What a password may be: length and not composition, and nothing that is guessed early (ASVS 5.0, 6.2)."""

import re
from collections.abc import Iterable
from itertools import pairwise

from app.errors import Problem

SHORTEST, LONGEST = 12, 128
# zxcvbn tries every reading of marks as letters: 4 seconds for 64 marks put together to that end, 0.3 for 24. So a
# long password is judged by its beginning and its end, and is as good as the better of them.
JUDGED = 24
# Below 10^10 guesses, where zxcvbn's best score begins, is what leaked lists hold, a word of them with a year and a
# mark behind (Mountain2024!), patterns, and the own name.
FEWEST_GUESSES = 10**10
FEWEST_SQUEEZED = 10**6
FEWEST_LEFT = 8  # characters, of what is neither an own word nor there already
PIECE = re.compile(r"[^\W_]+|[^\w\s]|_")


def check_password(password: str, own_words: Iterable[str] = ()) -> list[Problem]:
    """Return what stands against a password: its length (B05), or that it would be guessed early (B09).

    `own_words` are the e-mail address and the names that an attacker tries first. The password is taken as it is:
    nothing is cut off, folded or normalised.
    """
    if len(password) < SHORTEST:
        message = f"The password has {len(password)} characters; it needs at least {SHORTEST}."
        return [_problem("B05", message)]
    if len(password) > LONGEST:
        return [_problem("B05", f"The password has {len(password)} characters; it may have {LONGEST} at most.")]
    words = list(own_words)
    parts = dict.fromkeys((password[:JUDGED], password[-JUDGED:]))
    if _is_thin(password, words) or all(_is_guessed_early(part, words) for part in parts):
        message = (
            "This password would be guessed soon: it is among those that leaked elsewhere, or made like them, or of"
            " your own name. Take four or more words that nothing connects, or let a password manager make one."
        )
        return [_problem("B09", message)]
    return []


def words_of(*texts: str) -> list[str]:
    """Return the words of names and e-mail addresses: whole, one by one, and each with the next."""
    found: dict[str, None] = {}
    for text in texts:
        lowered = text.casefold().strip()
        parts = "".join(letter if letter.isalnum() else " " for letter in lowered).split()
        pairs = ["".join(pair) for pair in pairwise(parts)]
        for word in (lowered, "".join(parts), *pairs, *parts):
            if len(word) > 2:  # noqa: PLR2004  shorter ones are in every password
                found[word[:JUDGED]] = None
    return [*found]


def _is_guessed_early(password: str, own_words: list[str]) -> bool:
    if _guesses(password, own_words) < FEWEST_GUESSES:
        return True
    # Own-Name-1 is as good a guess as OwnName1, a few marks between apart.
    squeezed = "".join(letter for letter in password if letter.isalnum())
    return len(password) // 2 < len(squeezed) < len(password) and _guesses(squeezed, own_words) < FEWEST_SQUEEZED


def _is_thin(password: str, own_words: list[str]) -> bool:
    """Say whether too little is left without own words and what is there twice; zxcvbn counts each as one more word."""
    folded = password.casefold()
    rest = folded
    for word in sorted(own_words, key=len, reverse=True):
        rest = rest.replace(word, " ")
    left = "".join(dict.fromkeys(PIECE.findall(rest)))
    if left == "".join(PIECE.findall(folded)):
        return False
    return len(left) < FEWEST_LEFT or _guesses(left[:JUDGED], own_words) < FEWEST_SQUEEZED


def _guesses(password: str, own_words: list[str]) -> float:
    from zxcvbn import zxcvbn  # noqa: PLC0415  its lists of leaked passwords take a tenth of a second to load

    return float(zxcvbn(password, user_inputs=own_words)["guesses"])


def _problem(code: str, message: str) -> Problem:
    return Problem(code, "password", "error", message)
