"""The fields of one record named, as far as the record goes."""

from collections.abc import Mapping
from typing import NamedTuple

from emergency_export.explain.meanings import Meaning, Texts
from emergency_export.records import Columns, Layout

BEYOND = "(beyond the record)"


class NamedField(NamedTuple):
    """One field: `value` is the text without padding, one character a byte; `columns` are first and last, from 1.

    `meaning` says the value in plain words, '' where it needs none.
    """

    name: str
    value: str
    columns: Columns
    meaning: str = ""


class FieldNamer:
    """Names the fields of the records of one layout; `words` are those of explain_meanings."""

    def __init__(self, layout: Layout, words: Mapping[str, Meaning]) -> None:
        self.layout = layout
        self._words = words
        self._strip = [(spec.name, spec.stripped) for spec in layout.fields]

    def name(self, text: str) -> tuple[NamedField, ...]:
        """Return every field that the text reaches, a last one cut short too, and what stands beyond the record."""
        raw, columns, _ = self.layout.apart(text)
        texts = {name: strip(raw[name]) for name, strip in self._strip if name in raw}
        found = [NamedField(name, value, columns[name], self._meaning(name, texts)) for name, value in texts.items()]
        return tuple(found + self._rest(text, columns))

    def _meaning(self, name: str, texts: Texts) -> str:
        words = self._words.get(name)
        return "" if words is None else words(texts[name], texts)

    def _rest(self, text: str, columns: Mapping[str, Columns]) -> list[NamedField]:
        end = max((last for _, last in columns.values()), default=0)
        if self.layout.fixed:
            cut = next((name for name in self.layout.columns if name not in columns), BEYOND)
            return [NamedField(cut, text[end:].rstrip(" "), (end + 1, len(text)))] if end < len(text) else []
        beyond = text[end + len(self.layout.delimiter) :] if len(columns) == len(self.layout.fields) else ""
        return [NamedField(BEYOND, beyond, (len(text) - len(beyond) + 1, len(text)))] if beyond else []


def fit(layout: Layout, text: str) -> float:
    """Say how well a text reads as such a record: 1 without a fault, 0 or less where as much is wrong as right."""
    reading = layout.examine(text)
    wrong = {fault.field for fault in reading.faults}
    right = [name for name in reading.texts if name not in wrong]
    return (len(right) - len(wrong)) / len(layout.fields)
