"""Seven-bit text: what stands for a letter that the agent's file cannot carry."""

import re
import unicodedata
from typing import NamedTuple

# Letters that do not come apart into a letter and an accent (file-interface.md: AE and OE spelt out).
_LETTERS = {
    "Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe", "Ø": "O", "ø": "o", "ß": "ss", "ẞ": "SS",
    "Đ": "D", "đ": "d", "Ð": "D", "ð": "d", "Þ": "TH", "þ": "th", "Ł": "L", "ł": "l",
    "Ħ": "H", "ħ": "h", "\u0131": "i", "\u0237": "j", "Ŧ": "T", "ŧ": "t", "Ŋ": "NG", "ŋ": "ng", "ĸ": "k",
}  # fmt: skip
# Letters and marks that are two in one, or a form of a plain one for print.
_PRINT_FORMS = {
    "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "Ĳ": "IJ", "ĳ": "ij",
    "Ŀ": "L", "ŀ": "l", "ŉ": "'n", "№": "No", "℅": "c/o", "…": "...",
    "©": "(C)", "®": "(R)", "™": "(TM)", "℠": "(SM)", "\u00d7": "x", "µ": "u", "·": ".", "‧": ".", "•": "-", "∙": ".",
    "¦": "|",
}  # fmt: skip
_MARKS = (
    dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02b9\u02bb\u02bc\u00b4\u2039\u203a", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\u2e3a\u2e3b\u02d7\ufe58\ufe63", "-")
    | dict.fromkeys("\u2044\u2215\u29f8", "/")
)
# Signs that cannot be seen and stand for nothing; they come with what is copied from a telephone or a page.
INVISIBLE = dict.fromkeys(
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufe0e\ufe0f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    "",
)
_FULL_WIDTH = {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)}
_KNOWN = _LETTERS | _PRINT_FORMS | _MARKS | INVISIBLE | _FULL_WIDTH
# A letter with a stroke, hook, bar or tail does not come apart either, but its name says which it is.
_NAMED_FOR = re.compile(r"LATIN (CAPITAL|SMALL) LETTER ([A-Z]) WITH ")
_RINGS = frozenset("\u00b0\u02da")  # degree sign, ring above
_FIRST_ACCENT, _LAST_ACCENT = "\u0300", "\u036f"  # Combining Diacritical Marks


class Transliteration(NamedTuple):
    """Text in printable ASCII, and the characters, each once, that have no ASCII form and still stand in it."""

    text: str
    refused: tuple[str, ...] = ()


def transliterate(text: str) -> Transliteration:
    """Write a text with the 95 printable ASCII characters; white space of every kind becomes one space.

    What has no ASCII form is never dropped: it stays where it is and is listed in `refused`.
    """
    if not (text.isascii() and text.isprintable()):
        # Composed first, so that a letter typed as letter and accent is found in the table as one.
        composed = unicodedata.normalize("NFC", text)
        text = "".join(_ascii(char, before) for before, char in zip("\0" + composed, composed, strict=False))
    tidy = " ".join(text.split())
    if tidy.isascii() and tidy.isprintable():
        return Transliteration(tidy)
    refused = dict.fromkeys(char for char in tidy if not (char.isascii() and char.isprintable()))
    return Transliteration(tidy, tuple(refused))


def character_name(char: str) -> str:
    """Name a character as Unicode does, for a person who has to find it."""
    return unicodedata.name(char, f"CONTROL CHARACTER U+{ord(char):04X}")


def _ascii(char: str, before: str) -> str:
    """Return what stands for one character, or the character itself where nothing does."""
    if char.isascii() or char.isspace():
        return char
    known = _KNOWN.get(char)
    if known is not None:
        return known
    if char in _RINGS and before in {"N", "n"}:
        return "o"  # N and a degree sign is Number; alone the sign has no letter
    plain = "".join(
        _KNOWN.get(part, part)
        for part in unicodedata.normalize("NFD", char)
        if not _FIRST_ACCENT <= part <= _LAST_ACCENT
    )
    if plain.isascii() and (plain or _FIRST_ACCENT <= char <= _LAST_ACCENT):
        return plain
    return _print_form(char, before) or _base_letter(char) or char


def _print_form(char: str, before: str) -> str:
    """Return what a fraction, a raised or circled figure or a squeezed abbreviation says; '' for all else."""
    if not unicodedata.decomposition(char).startswith("<"):
        return ""
    parts = unicodedata.normalize("NFKD", char)
    plain = "".join(_KNOWN.get(part, part) for part in parts if not _FIRST_ACCENT <= part <= _LAST_ACCENT)
    if not plain.isascii() or " " in plain:
        return ""  # an accent that stands by itself is no letter
    # 12 and a half, not 121 halves.
    return f" {plain}" if before.isdigit() and plain[:1].isdigit() else plain


def _base_letter(char: str) -> str:
    named = _NAMED_FOR.match(unicodedata.name(char, ""))
    if named is None:
        return ""
    return named[2] if named[1] == "CAPITAL" else named[2].lower()
