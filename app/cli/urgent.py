"""`eld locations urgent`: the correction of a wrong-location call."""

import click

from app.cli.failures import problems_of
from app.cli.output import Text, complain, complain_all, json_option, show
from app.cli.parameters import Assignment
from app.cli.program import GuardedCommand
from app.cli.session import opened
from app.services.exports.urgent import UrgentReport, correct_urgently


def add_urgent(group: click.Group) -> None:
    """Add the command to a group."""
    group.add_command(urgent)


@click.command(cls=GuardedCommand)
@click.argument("number")
@click.option("--incident", required=True, metavar="REF", help="The incident that it is for; the file is linked to it.")
@click.option("--set", "changes", type=Assignment(), multiple=True, help="FIELD is a column of the CSV.")
@json_option({"files": [], "waits_for": None})
def urgent(number: str, incident: str, changes: tuple[tuple[str, str], ...]) -> None:
    """Correct where NUMBER is and send it at once; without --set what waits for it goes."""
    if len(dict(changes)) < len(changes):
        raise click.UsageError("--set names a field twice")
    with opened() as (system, actor):
        report = correct_urgently(system, actor, number, dict(changes), incident)
    problems = () if report.judgement is None else report.judgement.problems
    document = {
        "files": report.files,
        "waits_for": report.waits_for,
        "problems": [problem.as_dict() for problem in problems],
    }
    show(document, lambda: _told(report))
    complain_all(problems)
    if report.stopped is not None:
        for problem in problems_of(report.stopped):
            complain(problem)
        click.get_current_context().exit(1)


def _told(report: UrgentReport) -> Text:
    if report.stopped is not None:
        yield "the correction is kept and marked urgent: do not enter it again. It goes once this is mended:"
        return
    for file in report.files:
        yield f"{file['file_name']} {file['state']}, for {file['incident'] or 'the night'}"
    if report.waits_for:
        yield (
            f"{report.waits_for} is in flight for this number: the correction goes when the agent has answered it, "
            f"or when you end it: `eld transactions abandon {report.waits_for} --why TEXT`"
        )
    elif not report.files:
        yield "the agent holds this already: nothing was sent"
