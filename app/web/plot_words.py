"""What each plot says: the finding as its title, the axes, and the numbers behind it as a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.services.reports.ages import CaseAges
from app.services.reports.coverage import NOT_TO_COVER, Coverage
from app.services.reports.nights import Night
from app.web.life import COMMANDS
from app.web.moments import spoken_length
from app.web.plots import Drawing
from app.web.status_words import PLAIN
from validators.dates import written_date

NO_BREAK = "\N{NO-BREAK SPACE}"
Cell = str | int | float


@dataclass(frozen=True)
class Plot:
    """A plot with its words; without a drawing `nothing` says what would be there. `name` is that of its table."""

    name: str
    finding: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    drawing: Drawing | None
    nothing: str = ""
    note: str = ""


def counted(count: int, what: str, more: str = "") -> str:
    """Return `1 record` or `2,000 records`."""
    return f"{count:,} {what if count == 1 else more or what + 's'}"


def percent(part: int, whole: int) -> str:
    """Return a part in percent, `97.4 %`; never 100 for less than all, nor 0 for more than none."""
    share = 100 * part / whole if whole else 0.0
    shown = min(99.9, max(0.1, round(share, 1))) if 0 < part < whole else share
    return f"{shown:.1f}".removesuffix(".0") + NO_BREAK + "%"


def by_status(now: Coverage) -> Plot:
    """Numbers by status, as they stand."""
    shown = [(status, count) for status, count in now.numbers.items() if status not in NOT_TO_COVER]
    missing = now.in_use - now.live
    finding = (
        f"{percent(now.live, now.in_use)} of numbers in use are live; {missing:,} {'is' if missing == 1 else 'are'} not"
    )
    labels = [PLAIN[status] for status, _ in reversed(shown)]
    values = [count for _, count in reversed(shown)]
    return Plot(
        "status",
        finding if now.in_use else "No number is in use yet",
        ("Status", "Numbers"),
        [(PLAIN[status], count) for status, count in now.numbers.items()],
        Drawing("HorizontalStackedBar", labels, [("Numbers", values)], "Status", "Numbers") if now.in_use else None,
        "How many numbers are live, and how the others stand, is drawn here once numbers are in use.",
        _left_out(now),
    )


def over_time(days: Sequence[Coverage]) -> Plot:
    """The share of live numbers on each day."""
    days = [day for day in days if day.in_use]
    rows = [(written_date(day.day), day.in_use, day.live, round(100 * day.live / day.in_use, 2)) for day in days]
    drawing = None
    finding = "Coverage over time begins with the second day"
    if len(days) > 1:
        shares = [100 * day.live / day.in_use for day in days]
        drawing = Drawing(
            "Line", [_short(day) for day in days], [("Live", shares)], "Day", "Live, % of numbers in use", 100
        )
        before, after = percent(days[0].live, days[0].in_use), percent(days[-1].live, days[-1].in_use)
        way = "stands as it did" if before == after else "rose" if shares[-1] > shares[0] else "fell"
        since = written_date(days[0].day)
        finding = (
            f"Coverage {way} since {since}: {after}"
            if before == after
            else f"Coverage {way} from {before} on {since} to {after}"
        )
    return Plot(
        "coverage",
        finding,
        ("Day", "In use", "Live", "Live, %"),
        rows,
        drawing,
        "The scheduler counts once a day how many numbers are live. A line is drawn here from the second day on.",
    )


def acceptance(found: Sequence[Night]) -> Plot:
    """What became of each night's records."""
    rows = [(written_date(n.day), n.records, n.accepted, n.refused, n.waiting, n.ended) for n in found]
    series = [
        ("Accepted", [n.accepted for n in found]),
        ("Refused", [n.refused for n in found]),
        ("No answer yet", [n.waiting for n in found]),
        ("Given up", [n.ended for n in found]),
    ]
    answered = sum(n.accepted + n.refused for n in found)
    finding = "Nothing was answered yet"
    if answered:
        accepted = sum(n.accepted for n in found)
        finding = (
            f"The agent accepted {percent(accepted, answered)} of what it answered in {counted(len(found), 'night')}"
        )
    return Plot(
        "acceptance",
        finding,
        ("Night", "Records", "Accepted", "Refused", "No answer yet", "Given up"),
        rows,
        Drawing("StackedBar", [_short(n) for n in found], series, "Night", "Records") if found else None,
        "What the agent accepted and refused of each night is drawn here after the first night.",
    )


def volumes(found: Sequence[Night]) -> Plot:
    """What each night carried, by command."""
    commands = [command for command in COMMANDS if any(n.by_command[command] for n in found)]
    rows: list[tuple[Cell, ...]] = [
        (written_date(n.day), n.files, n.records, *(n.by_command[command] for command in commands)) for n in found
    ]
    series = [(f"{command}: {COMMANDS[command]}", [n.by_command[command] for n in found]) for command in commands]
    finding = "No night has carried anything yet"
    if found:
        mean = round(sum(n.records for n in found) / len(found))
        last, of = counted(found[-1].records, "record"), counted(len(found), "night")
        finding = f"The last night carried {last}; {mean:,} is the mean of {of}"
    return Plot(
        "volumes",
        finding,
        ("Night", "Files", "Records", *commands),
        rows,
        Drawing("StackedBar", [_short(n) for n in found], series, "Night", "Records") if series else None,
        "How many records each night carried, and with which commands, is drawn here after the first night.",
    )


def ages(found: CaseAges) -> Plot:
    """The unclosed cases by age."""
    series = [
        ("To mend", [span.to_mend for span in found.spans]),
        ("Sent again", [span.sent_again for span in found.spans]),
    ]
    finding = "No case is open"
    if found.oldest is not None:
        late = (
            f"; {found.overdue:,} {'is' if found.overdue == 1 else 'are'} overdue"
            if found.overdue
            else "; none is overdue"
        )
        unclosed = counted(found.total, "case is", "cases are")
        finding = f"{unclosed} not closed, the oldest for {spoken_length(found.oldest)}{late}"
    return Plot(
        "ages",
        finding,
        ("Age", "To mend", "Sent again"),
        [(span.name, span.to_mend, span.sent_again) for span in found.spans],
        Drawing("StackedBar", [span.name for span in found.spans], series, "Age", "Cases") if found.total else None,
        "Cases that are not closed are drawn here by their age.",
    )


def _left_out(now: Coverage) -> str:
    left = [(now.numbers[status], PLAIN[status]) for status in NOT_TO_COVER if now.numbers[status]]
    parts = [f"{count:,} ({words[0].lower()}{words[1:]})" for count, words in left]
    return f"Not counted as in use: {', '.join(parts)}." if parts else ""


def _short(of: Coverage | Night) -> str:
    return f"{of.day.day} {of.day:%b}"
