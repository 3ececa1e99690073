"""What one step of the agent did."""

from collections.abc import Sequence
from dataclasses import dataclass

from emergency_export.agent.delivery import Written
from emergency_export.agent.intake import Taken


@dataclass(frozen=True, slots=True)
class StepReport:
    """What one step did.

    `files`: DATs judged. `fcos`, `cars`: replies put into the inbox, those owed from before included.
    `rejected`: records refused. `rejected_files`: DATs refused, with the reason. `lost`: DATs taken away unread.
    `owed`: replies that wait until the CP has collected the earlier one of the same name. `late`: how many are
    still to come beside those.
    """

    files: tuple[str, ...] = ()
    fcos: tuple[str, ...] = ()
    cars: tuple[str, ...] = ()
    rejected: int = 0
    rejected_files: tuple[tuple[str, str], ...] = ()
    lost: tuple[str, ...] = ()
    owed: tuple[str, ...] = ()
    late: int = 0


def report_of(taken: Sequence[Taken], written: Written, owed: int) -> StepReport:
    """Return the report of the DATs met, the replies written, and how many replies are `owed` after them."""
    return StepReport(
        files=tuple(file.name for file in taken if not file.lost),
        fcos=written.fcos,
        cars=written.cars,
        rejected=sum(file.refused for file in taken),
        rejected_files=tuple((file.name, file.reason) for file in taken if file.reason),
        lost=tuple(file.name for file in taken if file.lost),
        owed=written.waiting,
        late=owed - len(written.waiting),
    )
