"""Seven-bit text: what stands for a letter that the agent's file cannot carry."""

import unicodedata
from typing import NamedTuple

# Letters that do not come apart into a letter and an accent (file-interface.md: AE and OE spelt out).
_LETTERS = {
    "Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe", "Ø": "O", "ø": "o", "ß": "ss", "ẞ": "SS",
    "Đ": "D", "đ": "d", "Ð": "D", "ð": "d", "Þ": "TH", "þ": "th", "Ł": "L", "ł": "l",
    "Ħ": "H", "ħ": "h", "\u0131": "i", "Ŧ": "T", "ŧ": "t", "Ŋ": "NG", "ŋ": "ng",
}  # fmt: skip
# Letters and marks that are two in one, or a form of a plain one for print.
_PRINT_FORMS = {
    "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "Ĳ": "IJ", "ĳ": "ij",
    "Ŀ": "L", "ŀ": "l", "ŉ": "'n", "№": "No", "℅": "c/o", "…": "...",
}  # fmt: skip
_MARKS = (
    dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02b9\u02bb\u02bc\u00b4\u2039\u203a", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043", "-")
    | {"\u2044": "/"}
)
# Signs that cannot be seen and stand for nothing.
_INVISIBLE = dict.fromkeys(
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufe0e\ufe0f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    "",
)
_FULL_WIDTH = {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)}
_KNOWN = _LETTERS | _PRINT_FORMS | _MARKS | _INVISIBLE | _FULL_WIDTH
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
    if unicodedata.decomposition(char).startswith("<fraction>"):
        fraction = unicodedata.normalize("NFKD", char).replace("\u2044", "/")
        return f" {fraction}" if before.isdigit() else fraction  # 12 and a half, not 121 halves
    plain = "".join(
        _KNOWN.get(part, part)
        for part in unicodedata.normalize("NFD", char)
        if not _FIRST_ACCENT <= part <= _LAST_ACCENT
    )
    return plain if plain.isascii() and (plain or _FIRST_ACCENT <= char <= _LAST_ACCENT) else char
