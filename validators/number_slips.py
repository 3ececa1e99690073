"""What number may have been meant by a text that is none: it has an extension, a word or a second number in it."""

import re
from collections.abc import Iterator
from unicodedata import normalize

_LOOKALIKES = str.maketrans("OoIl", "0011")
_ONLY_LOOKALIKES = re.compile(r"[+\dOoIl ().-]+")
_DECIMALS = re.compile(r"\.0+$")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3}){2,3}")
_BETWEEN = re.compile(r"[^\d ()+.-]+")  # words, slashes, line breaks
# Dialled before a number: text relay (18000 to 18002), number withheld (141) or given (1470).
_DIALLED_BEFORE = re.compile(r"(?:1800[012]|1470|141) ?(?=[0+])")
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+?\d{1,2}", re.IGNORECASE)


def is_rounded(raw: str) -> bool:
    """Say whether a text is a number as a spreadsheet shortens it, 1.63296E+09: its last digits are gone."""
    return _ROUNDED.fullmatch(raw.strip()) is not None


def texts_meant(raw: str) -> Iterator[str]:
    """Yield each part of a text that may be a number, as it may have been meant; not every one can be read."""
    text = normalize("NFKC", raw).strip()
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    if _ONLY_LOOKALIKES.fullmatch(text):
        text = text.translate(_LOOKALIKES)
    for part in _BETWEEN.split(_DECIMALS.sub("", text)):
        digits = part.replace(".", "").strip()
        yield _DIALLED_BEFORE.sub("", digits, count=1)
