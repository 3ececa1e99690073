"""Reading TOML with all faults at once: a section knows its path, and what nobody asked for is a fault too."""

from collections.abc import Iterator
from typing import Any

from emergency_export.faults import ProfileFault

Table = dict[str, Any]


class Section:
    """One table of a profile; every answer is of the right type, and each wrong one is noted in `faults`."""

    def __init__(self, table: Table, path: str, faults: list[ProfileFault]) -> None:
        self.path = path
        self.faults = faults
        self._table = table
        self._asked: set[str] = set()

    def fault(self, key: str, message: str) -> None:
        """Note a fault of one key, or of the section itself where the key is ''."""
        path = ".".join(part for part in (self.path, key) if part)
        self.faults.append(ProfileFault(path or "profile", message))

    def text(self, key: str, *, choices: tuple[str, ...] = (), default: str | None = None) -> str:
        """Return a string, one of `choices` where there are any; without a default it must be there."""
        value = self._get(key, str, default)
        if not isinstance(value, str):
            return default or (choices[0] if choices else "")
        if choices and value not in choices:
            self.fault(key, f"must be one of {', '.join(choices)}")
            return choices[0]
        return value

    def whole(self, key: str, *, default: int | None = None) -> int:
        """Return a whole number of 1 or more."""
        value = self._get(key, int, default)
        if not isinstance(value, int):
            return 1 if default is None else default
        if value < 1:
            self.fault(key, "must be 1 or more")
            return 1
        return value

    def flag(self, key: str, *, default: bool | None = None) -> bool:
        """Return true or false."""
        return bool(self._get(key, bool, default))

    def texts(self, key: str, *, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """Return a list of strings without repetition."""
        value = self._get(key, list, None if default is None else list(default))
        if not isinstance(value, list):
            return default or ()
        if not all(isinstance(item, str) for item in value):
            self.fault(key, "must be a list of texts")
            return ()
        if len(set(value)) != len(value):
            self.fault(key, "names something twice")
        return tuple(value)

    def has(self, key: str) -> bool:
        """Say whether the key is there."""
        return key in self._table

    def keys(self) -> tuple[str, ...]:
        """Return all keys, in the file's order."""
        return tuple(self._table)

    def section(self, key: str, *, needed: bool = True) -> "Section":
        """Return a table inside this one; an empty one, and a fault, where it is missing."""
        value = self._get(key, dict, None if needed else {})
        return Section(value if isinstance(value, dict) else {}, f"{self.path}.{key}".lstrip("."), self.faults)

    def sections(self, key: str, *, needed: bool = True) -> Iterator["Section"]:
        """Yield the tables of a list, each named by its `name` where it has one."""
        value = self._get(key, list, None if needed else [])
        if needed and value == []:
            self.fault(key, "must not be empty")
        for number, item in enumerate(value if isinstance(value, list) else [], 1):
            if isinstance(item, dict):
                name = item.get("name", number)
                yield Section(item, f"{self.path}.{key}[{name}]".lstrip("."), self.faults)
            else:
                self.fault(key, f"item {number} must be a table")

    def close(self) -> None:
        """Note every key that was not asked for: a misspelt rule must not be silently without effect."""
        for key in self._table:
            if key not in self._asked:
                self.fault(key, "is not known here")

    def _get(self, key: str, kind: type, default: object) -> object:
        self._asked.add(key)
        if key not in self._table:
            if default is None:
                self.fault(key, "is missing")
            return default
        value = self._table[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            words = {str: "a text", int: "a whole number", bool: "true or false", list: "a list", dict: "a table"}
            self.fault(key, f"must be {words[kind]}")
            return None
        return value
