"""What goes into a file: the facts of the file and the fields of a record, whatever the format."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from emergency_export.fields import FieldValue

CREATED_FORMS = ("created", "created_date", "created_time")
CHANGES, FULL = "D", "F"
LIVE, TEST = "L", "T"


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is fixed about a file before its rows: `created_at` is aware, `file_kind` D or F, `environment` L or T."""

    cupid: str
    file_sequence: int
    created_at: datetime
    file_kind: str
    environment: str
    file_name: str

    def __post_init__(self) -> None:
        if self.created_at.tzinfo is None:
            raise ValueError("created_at must carry its zone")

    def values(self, zone: ZoneInfo) -> dict[str, FieldValue]:
        """Return the header's values, the moment of creation in local time to the second."""
        local = self.created_at.astimezone(zone).replace(microsecond=0, tzinfo=None)
        return {
            "cupid": self.cupid,
            "file_sequence": self.file_sequence,
            "created": local,
            "created_date": local.date(),
            "created_time": local.time(),
            "file_kind": self.file_kind,
            "environment": self.environment,
            "file_name": self.file_name,
        }


class DataRow(NamedTuple):
    """One record as text and a date; '' where there is nothing. `telephone_no` is national, digits only."""

    txn_ref: str
    command: str
    telephone_no: str
    effective_date: date | None
    parent_cupid: str
    child_cupid: str
    change_cupid: str = ""
    line_type: str = ""
    title: str = ""
    forename: str = ""
    name: str = ""
    honours: str = ""
    bus_suffix: str = ""
    premises: str = ""
    thoroughfare: str = ""
    locality: str = ""
    postcode: str = ""
    retailer_id: str = ""
    address_id: str = ""
    address_id_source: str = ""
    new_telephone_no: str = ""
    cross_ref: str = ""
