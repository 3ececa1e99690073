"""How values stand in JSON: text as it is typed, and what a program would rather send as a number or a yes."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields
from marshmallow.validate import OneOf, Range

from app.api.limits import LONGEST_TEXT

YES, NO = "yes", ""


class Text(fields.Field[str]):
    """Text as it was typed: what is wrong with it the rules say. null is the same as nothing.

    `kinds` are JSON's names of what is taken beside null, for the document.
    """

    kinds: tuple[str, ...] = ("string",)

    def __init__(self, **kwargs: Any) -> None:
        kwargs["metadata"] = {"maxLength": LONGEST_TEXT} | kwargs.get("metadata", {})
        super().__init__(allow_none=True, **kwargs)

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        """Read null as empty text."""
        return "" if value is None else super().deserialize(value, attr, data, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:  # noqa: ARG002  marshmallow's signature
        if not isinstance(value, str):
            raise ValidationError("This must be text, in quotation marks.")
        if len(value) > LONGEST_TEXT:
            raise ValidationError(f"This is longer than {LONGEST_TEXT:,} characters.")
        if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise ValidationError("This holds a NUL or half of a surrogate pair: it is no text.")
        return value


class Degrees(Text):
    """Decimal degrees, as a number or as text."""

    kinds = ("string", "number")

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = format(Decimal(repr(value)), "f")
        return super()._deserialize(value, attr, data, **kwargs)


class YesNo(Text):
    """Yes or no, as true or false or as text."""

    kinds = ("string", "boolean")

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if isinstance(value, bool):
            value = YES if value else NO
        return super()._deserialize(value, attr, data, **kwargs)


class TrueFalse(fields.Boolean):
    """True or false, and nothing that only means it."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:  # noqa: ARG002  marshmallow's signature
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class WholeNumber(fields.Integer):
    """A whole number between two bounds, both included."""

    def __init__(self, least: int, most: int, **kwargs: Any) -> None:
        told = f"This must be a whole number from {least:,} to {most:,}."
        super().__init__(
            validate=Range(least, most, error=told), error_messages={"invalid": told, "too_large": told}, **kwargs
        )


class Word(fields.String):
    """One of a closed list of words."""

    def __init__(self, words: Iterable[str], **kwargs: Any) -> None:
        known = [str(word) for word in words]
        super().__init__(validate=OneOf(known, error=f"This must be one of {', '.join(known)}."), **kwargs)
