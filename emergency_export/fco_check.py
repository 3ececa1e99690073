"""An FCO looked at as a whole: one line, which answers for the file that its name says."""

from collections.abc import Mapping

from emergency_export.car_check import parsed_or_noted
from emergency_export.faults import DamagedReply, Fault, FaultCode
from emergency_export.fields import FieldValue
from emergency_export.lines import FaultList, Line
from emergency_export.profiles import Profile

ACCEPTED, REJECTED = "ACCEPTED", "REJECTED"


class FcoCheck:
    """Takes the lines of an FCO in order; without a `name` nothing is said of the file's."""

    def __init__(self, profile: Profile, name: str | None) -> None:
        self._profile = profile
        self._name = name
        self._faults = FaultList()
        self._values: Mapping[str, FieldValue] | None = None

    def take(self, line: Line) -> None:
        """Look at one line."""
        if line.fault is not None:
            self._faults.add(line.fault)
        if line.number == 1 and not line.rest:
            self._values = parsed_or_noted(self._profile.fco, line, self._faults)
            if self._values is not None:
                self._check(self._values)
        elif line.number == 2:  # noqa: PLR2004  an FCO is one line
            self._faults.add(Fault(FaultCode.RECORD_TYPE, "an FCO is one line; another follows"), line=2)

    def drain(self) -> list[Fault]:
        """Return the faults found since the last call."""
        return self._faults.drain()

    def close(self) -> None:
        """Note what is missing, once the last line has been taken."""
        if self._values is None and not self._faults:
            self._faults.add(Fault(FaultCode.LENGTH, "the file is empty"), line=1)

    def values(self) -> Mapping[str, FieldValue]:
        """Return the values of an FCO that has no fault; DamagedReply otherwise."""
        self.close()
        if self._faults or self._values is None:
            raise DamagedReply(self._faults.kept)
        return self._values

    def _check(self, values: Mapping[str, FieldValue]) -> None:
        if self._name is not None and self._profile.fco_name(str(values["file_name"])) != self._name:
            message = f"the line names a file that {self._name} does not answer for"
            self._faults.add(Fault(FaultCode.DISAGREES, message, field="file_name"), line=1)
        if values["status"] == ACCEPTED and values["reason"]:
            message = "the file is accepted and a reason for refusal is given"
            self._faults.add(Fault(FaultCode.CONTRADICTION, message, field="reason"), line=1)
