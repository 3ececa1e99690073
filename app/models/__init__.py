"""All rows, so that the metadata is whole wherever one of them is used."""

from app.models import (
    accounts,
    alarms,
    audit,
    directory,
    exports,
    imports,
    lock,
    numbers,
    people,
    porting,
    records,
    replies,
    reports,
)
from app.models.base import Base

__all__ = [
    "Base",
    "accounts",
    "alarms",
    "audit",
    "directory",
    "exports",
    "imports",
    "lock",
    "numbers",
    "people",
    "porting",
    "records",
    "replies",
    "reports",
]
