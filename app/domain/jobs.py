"""The life of an import that runs beside the page which asked for it."""

from enum import StrEnum


class JobState(StrEnum):
    """Checked waits for a person to say what is to be applied; failed can be asked for again."""

    WAITING = "waiting"
    CHECKING = "checking"
    CHECKED = "checked"
    APPLYING = "applying"
    APPLIED = "applied"
    FAILED = "failed"
