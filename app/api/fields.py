"""How values stand in JSON: text as it is typed, and what a program would rather send as a number or a yes."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields

from app.api.limits import LONGEST_TEXT

YES, NO = "yes", ""


class Text(fields.Field[str]):
    """Text as it was typed: what is wrong with it the rules say. null is the same as nothing."""

    def __init__(self, **kwargs: Any) -> None:
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

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = format(Decimal(repr(value)), "f")
        return super()._deserialize(value, attr, data, **kwargs)


class YesNo(Text):
    """Yes or no, as true or false or as text."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if isinstance(value, bool):
            value = YES if value else NO
        return super()._deserialize(value, attr, data, **kwargs)
