"""What calls of the API are made about: a rejected record, a planned change, an address, a file, an import."""

import re
from typing import Any

from api_caller import Caller, location

from app.services.demo import night
from app.services.system import System

STAFFS = ("/files", "/tonight", "/cases")


class World:
    """What the examples are sent to: a rejected record, a change that is planned, an import, a review."""

    def __init__(self, owner: Caller, staff: Caller, system: System) -> None:
        self.owner, self.staff = owner, staff
        owner.post("/locations", location(5, premises="Berth Office"))
        night(system)
        owner.post("/locations", location(6, postcode="LS1 1ZZ"))
        self.import_id = ""

    def path(self, path: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda found: str(getattr(self, found[1])()), path)

    def number_id(self) -> int:
        numbers = self.owner.get("/numbers")["items"]
        return next(one["id"] for one in numbers if one["number"] == "01632960001")

    def change_id(self) -> int:
        return self.owner.get(f"/numbers/{self.number_id()}/changes")["items"][0]["id"]

    def address(self) -> dict[str, Any]:
        return next(one for one in self.owner.get("/addresses")["items"] if self.number_id() in one["numbers"])

    def address_id(self) -> int:
        return self.address()["id"]

    def file_name(self) -> str:
        return self.staff.get("/files")["items"][0]["file_name"]

    def case_id(self) -> int:
        return self.staff.get("/cases")["items"][0]["id"]
