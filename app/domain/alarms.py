"""What operations are alarmed of, and by which way."""

from enum import StrEnum


class AlarmKind(StrEnum):
    """Each kind lasts as long as its cause; the subject says which file, night or job."""

    FCO_OVERDUE = "fco_overdue"
    FINAL_OVERDUE = "final_overdue"
    NIGHT_HELD = "night_held"
    NIGHT_MISSED = "night_missed"
    FILE_REFUSED = "file_refused"
    FILE_STUCK = "file_stuck"
    URGENT_WAITS = "urgent_waits"
    REPLIES_LEFT = "replies_left"
    JOB_FAILS = "job_fails"


class Channel(StrEnum):
    """A way to operations."""

    MAIL = "mail"
    WEBHOOK = "webhook"
