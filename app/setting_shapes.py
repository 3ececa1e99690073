"""The shapes that values of settings are written in, each with what it says to who wrote it otherwise."""

# ruff: noqa: ARG002  marshmallow fixes the signature

import re
from collections.abc import Mapping
from datetime import timedelta
from ipaddress import ip_network
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import ValidationError
from marshmallow import fields as shape
from marshmallow.validate import Regexp

UNITS = {
    "s": "seconds",
    "second": "seconds",
    "m": "minutes",
    "minute": "minutes",
    "h": "hours",
    "hour": "hours",
    "d": "days",
    "day": "days",
}


class Duration(shape.Field[timedelta]):
    """A length of time as people write it: `5 minutes`, `4 hours`, `30s`."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> timedelta:
        parts = re.fullmatch(r"\s*(\d+)\s*([a-z]+?)s?\s*", str(value).lower())
        unit = UNITS.get(parts[2]) if parts else None
        if parts is None or unit is None or int(parts[1]) == 0:
            raise ValidationError("write it as `5 minutes`, `4 hours` or `30 seconds`")
        return timedelta(**{unit: int(parts[1])})


class Zone(shape.Field[ZoneInfo]):
    """A time zone by its name in the IANA database."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> ZoneInfo:
        try:
            return ZoneInfo(str(value))
        except (KeyError, ValueError, OSError) as error:
            raise ValidationError("not a time zone, for example Europe/London") from error


class Words(shape.Field[tuple[str, ...]]):
    """Several words, with commas or spaces between."""

    def __init__(self, each: Regexp, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._each = each

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return tuple(str(self._each(word)) for word in str(value).replace(",", " ").split())


class Networks(shape.Field[tuple[str, ...]]):
    """Addresses or networks, with commas or spaces between: `192.0.2.7, 198.51.100.0/24`."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        try:
            return tuple(str(ip_network(word)) for word in str(value).replace(",", " ").split())
        except ValueError as error:
            raise ValidationError("addresses or networks, such as 192.0.2.7, 198.51.100.0/24") from error


class Holders(shape.Field[tuple[tuple[str, str], ...]]):
    """The provider's own names in Ofcom's tables, each with its CUPID: `Name Ltd=123; Other Ltd=124`."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        found = [
            re.fullmatch(r"(.+?)\s*=\s*([0-9]{3})", part.strip()) for part in str(value).split(";") if part.strip()
        ]
        if not all(found):
            raise ValidationError("write it as `Name Ltd=123; Other Ltd=124`: the names as Ofcom has them")
        return tuple((part[1].strip(), part[2]) for part in found if part)
