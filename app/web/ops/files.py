"""Files: the list, one file with its records under a ruler, and what a person can do with it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.files import SEQDUP
from app.domain.permissions import Permission
from app.services.exports.file_list import page_files, place_of_record
from app.services.exports.files import RECORDS_A_PAGE, file_records, release_file, resend_file, show_file
from app.services.transactions import abandon as abandon_transactions
from app.web.asking import Question, ask
from app.web.desk import the_actor, the_system
from app.web.forms.cases import WhyForm
from app.web.forms.search import page_asked
from app.web.life import STATES
from app.web.reply_words import OUTCOMES, REASONS
from app.web.rooms import For, Room
from app.web.ruler import ruler

room = Room("files", audience=For.STAFF, needs=Permission.SEE_FILES, prefix="/ops/files")
IN_FLIGHT = {"EXTRACTED", "DELIVERED", "FCO_ACCEPTED"}


@room.get("")
def listing() -> ResponseReturnValue:
    """List the files, the newest first."""
    return render_template("ops/files.html", found=page_files(the_system(), the_actor(), page_asked()))


@room.get("/<file_name>")
def show(file_name: str) -> ResponseReturnValue:
    """Show a file's facts, its replies and its records."""
    system, actor = the_system(), the_actor()
    file = show_file(system, actor, file_name)
    records = file_records(system, actor, file_name, page_asked())
    width = max((len(record["raw"]) for record in records.records), default=0)
    return render_template(
        "ops/file.html",
        file=file,
        records=records,
        ruler=ruler(width),
        outcomes=OUTCOMES,
        reasons=REASONS,
        states=STATES,
        opened=request.args.get("record", ""),
        may_be_taken=_may_be_taken(file),
        in_flight=file["state"] in IN_FLIGHT and file["kind"] == "D",
    )


@room.post("/<file_name>/record")
def find(file_name: str) -> ResponseReturnValue:
    """Lead to one record, by its number or by its transaction's reference."""
    place = place_of_record(the_system(), the_actor(), file_name, request.form.get("record", ""))
    if place is None:
        flash("This file has no such record. Give its number, or the transaction as 999/999/000000000001.")
        return redirect(_page_of(file_name), 303)
    page = (place - 1) // RECORDS_A_PAGE + 1
    return redirect(url_for(".show", file_name=file_name, page=page, record=place, _anchor=f"record-{place}"), 303)


@room.route("/<file_name>/resend", methods=["GET", "POST"])
@room.needs(Permission.RUN_EXPORT)
def resend(file_name: str) -> ResponseReturnValue:
    """Ask, then send the same bytes again."""
    file = show_file(the_system(), the_actor(), file_name)
    question = Question(
        f"Send {file_name} again?",
        "The same bytes go out once more, under the same name and number. Nothing newer goes with them; where the "
        "agent has the file already, it says so and nothing changes.",
        "Send it again",
        _page_of(file_name),
        facts=(("Records", file["record_count"]), ("Sent again so far", _times(file["resends"]))),
    )

    def act() -> str:
        resend_file(the_system(), the_actor(), file_name)
        return f"{file_name} was sent again, byte for byte."

    return ask(question, act)


@room.route("/<file_name>/release", methods=["GET", "POST"])
@room.needs(Permission.RUN_EXPORT)
def release(file_name: str) -> ResponseReturnValue:
    """Ask, then let further files leave after a refusal that would come again."""
    file = show_file(the_system(), the_actor(), file_name)
    question = Question(
        f"Release the files behind {file_name}?",
        f"The agent refused it for {_reason(file)}. Where the cause still stands, the next file is refused as well, "
        "and its number is spent.",
        "Release them",
        _page_of(file_name),
        keep="Keep them waiting",
        warning=True,
    )

    def act() -> str:
        release_file(the_system(), the_actor(), file_name)
        return f"{file_name} is released: further files may leave."

    return ask(question, act)


@room.route("/<file_name>/taken", methods=["GET", "POST"])
@room.needs(Permission.RUN_EXPORT)
def taken(file_name: str) -> ResponseReturnValue:
    """Ask, then wait for the records' answers of a file that the agent has taken without saying so."""
    show_file(the_system(), the_actor(), file_name)
    question = Question(
        f"Has the agent taken {file_name}?",
        "Say so only where the agent has told you: its answers for the records are then awaited. Where it has not, "
        "end the file's transactions instead.",
        "It has taken it",
        _page_of(file_name),
        warning=True,
    )

    def act() -> str:
        release_file(the_system(), the_actor(), file_name, as_accepted=True)
        return f"{file_name} counts as taken: the answers for its records are awaited."

    return ask(question, act)


@room.route("/<file_name>/abandon", methods=["GET", "POST"])
@room.needs(Permission.ABANDON_TRANSACTION)
def abandon(file_name: str) -> ResponseReturnValue:
    """Ask for the reason, then end what of a file is in flight."""
    file = show_file(the_system(), the_actor(), file_name)
    question = Question(
        f"End what is in flight of {file_name}?",
        "What the agent holds of these numbers is then unknown to us, and what is wanted goes out again with the next "
        "file, whole. This cannot be undone.",
        "End them",
        _page_of(file_name),
        keep="Wait for the agent",
        warning=True,
        facts=(("Records", file["record_count"]), ("State", file["state"])),
    )
    form = WhyForm()

    def act() -> str:
        count = abandon_transactions(the_system(), the_actor(), file_name=file_name, why=str(form.why.data))
        return f"{count} transaction{'' if count == 1 else 's'} ended; what is wanted goes out with the next file."

    return ask(question, act, form=form)


def _page_of(file_name: str) -> str:
    return url_for("files.show", file_name=file_name)


def _reason(file: dict[str, Any]) -> str:
    words = REASONS.get(file["reason"])
    return f"{file['reason']} ({words})" if words else str(file["reason"] or "no reason given")


def _times(count: int) -> str:
    return {0: "never", 1: "once"}.get(count, f"{count} times")


def _may_be_taken(file: dict[str, Any]) -> bool:
    """Say whether something speaks for it that the agent took a file whose FCO is missing."""
    spoken = file["reason"] == SEQDUP or any(reply["kind"] == "CAR" for reply in file["replies"])
    return file["state"] == "DELIVERED" and spoken
