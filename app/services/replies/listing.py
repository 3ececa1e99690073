"""What the agent answered, file by file and row by row, with what became of each (F5)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from app.db.unit_of_work import Reading
from app.domain.actors import Actor
from app.domain.files import ReplyFileOutcome
from app.domain.outcomes import Effect
from app.domain.permissions import Permission
from app.domain.refusals import REFUSALS
from app.errors import NotFound
from app.models.exports import ExportFile, Transaction
from app.models.replies import Case, Reply, ReplyFile
from app.services.access import authorise, note_reading
from app.services.system import System
from emergency_export.profiles import FileKind

FILES_A_PAGE, ROWS_A_PAGE = 25, 50
# A CAR may answer many of our files; a page names so many of them.
ANSWERS_MOST = 20


class Kept(StrEnum):
    """Which reply files to look at."""

    ALL = "all"
    FCO = "fco"
    CAR = "car"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True)
class ReplyFilePage:
    """Some reply files, the newest first; `counts` says how many there are of each sort."""

    files: list[dict[str, Any]]
    counts: dict[Kept, int]
    page: int
    pages: int


@dataclass(frozen=True)
class ReplyPage:
    """One reply file with some of its rows in their order; `total` counts those of the effect that is asked for."""

    file: dict[str, Any]
    rows: list[dict[str, Any]]
    page: int
    pages: int
    total: int


def list_reply_files(
    system: System, actor: Actor, page: int = 1, kept: Kept = Kept.ALL, per_page: int = FILES_A_PAGE
) -> ReplyFilePage:
    """Return a page of the files that were collected.

    Each is `id`, `file_name`, `kind`, `outcome`, `reason`, `sequence` (a CAR's own), `collected_at`, `answers` (names
    of our files: that of a FCO, the first and the last that a CAR answers), `effects` (rows by effect), `cases`.
    """
    authorise(actor, Permission.SEE_FILES)
    sorts = _sorts()
    with system.database.reading() as look:
        tally = look.session.execute(select(*(func.count().filter(sort) for sort in sorts.values()))).one()
        counts = dict(zip(sorts, tally, strict=True))
        pages = max(1, -(-counts[kept] // per_page))
        page = min(max(page, 1), pages)
        chosen = select(ReplyFile).where(sorts[kept]).order_by(ReplyFile.id.desc())
        files = look.session.scalars(chosen.limit(per_page).offset((page - 1) * per_page)).all()
        return ReplyFilePage(_documents(look, files), counts, page, pages)


def show_reply_file(
    system: System, actor: Actor, reply_file_id: int, page: int = 1, effect: Effect | None = None
) -> ReplyPage:
    """Return one reply file with a page of its rows, or of those with one effect; NotFound where there is none.

    A row is `line`, `number` (as it came), `number_id`, `txn_ref`, `command`, `code`, `class`, `final`, `error_list`,
    `text` (as it came), `plain` (what the code means), `effect`, `marked` (class or final are not the table's), `at`.
    """
    authorise(actor, Permission.SEE_FILES)
    with system.database.reading() as look:
        file = look.session.get(ReplyFile, reply_file_id)
        if file is None:
            raise NotFound(f"there is no reply file {reply_file_id}")
        document = _documents(look, [file])[0] | {"answers": _all_answers(look, file)}
        total = sum(count for name, count in document["effects"].items() if effect is None or name == effect)
        pages = max(1, -(-total // ROWS_A_PAGE))
        page = min(max(page, 1), pages)
        wanted = Reply.reply_file_id == file.id
        if effect is not None:
            wanted &= Reply.effect == effect
        found = look.session.execute(
            select(Reply, Transaction.number_id)
            .outerjoin(Transaction, Transaction.id == Reply.transaction_id)
            .where(wanted)
            .order_by(Reply.line)
            .limit(ROWS_A_PAGE)
            .offset((page - 1) * ROWS_A_PAGE)
        )
        shown = ReplyPage(document, [_row(system, row) for row in found], page, pages, total)
    note_reading(system, actor, "replies", ("reply_file", reply_file_id), len(shown.rows))
    return shown


def plain_words(system: System, code: str) -> str:
    """Return what a response code means, '' for one that the profile does not know."""
    known = system.profile.response_codes.get(code)
    if code in REFUSALS:
        return REFUSALS[code].text
    return "" if known is None else f"{known.text[:1].upper()}{known.text[1:]}."


def _sorts() -> dict[Kept, ColumnElement[bool]]:
    aside = ReplyFile.outcome == ReplyFileOutcome.QUARANTINED
    return {
        Kept.ALL: ReplyFile.id > 0,
        Kept.FCO: (ReplyFile.kind == FileKind.FCO) & ~aside,
        Kept.CAR: (ReplyFile.kind == FileKind.CAR) & ~aside,
        Kept.SET_ASIDE: aside,
    }


def _documents(look: Reading, files: Sequence[ReplyFile]) -> list[dict[str, Any]]:
    ids = [file.id for file in files]
    effects: dict[int, dict[str, int]] = defaultdict(dict)
    ends: dict[int, set[int]] = defaultdict(set)
    answered = Reply.transaction_id
    for reply_file_id, effect, count, first, last in look.session.execute(
        select(Reply.reply_file_id, Reply.effect, func.count(), func.min(answered), func.max(answered))
        .where(Reply.reply_file_id.in_(ids))
        .group_by(Reply.reply_file_id, Reply.effect)
        .order_by(Reply.reply_file_id, Reply.effect)
    ):
        effects[reply_file_id][str(effect)] = count
        ends[reply_file_id].update(at for at in (first, last) if at is not None)
    names = _names_of(look, files, {at for found in ends.values() for at in found})
    cases = _cases_of(look, {file.file_name for file in files})
    return [
        {
            "id": file.id,
            "file_name": file.file_name,
            "kind": file.kind,
            "outcome": str(file.outcome),
            "reason": file.reason,
            "sequence": file.sequence,
            "collected_at": file.collected_at.isoformat(),
            "answers": _answers(file, ends[file.id], names),
            "effects": effects[file.id],
            "cases": cases[file.file_name],
        }
        for file in files
    ]


def _answers(file: ReplyFile, ends: set[int], names: dict[tuple[str, int], str]) -> list[str]:
    if file.export_file_id is not None:
        return [names["file", file.export_file_id]]
    return sorted({names["transaction", at] for at in ends if ("transaction", at) in names})


def _names_of(look: Reading, files: Sequence[ReplyFile], transactions: set[int]) -> dict[tuple[str, int], str]:
    """Return names of our files by their own id, and by the id of a transaction in them."""
    known = [file.export_file_id for file in files if file.export_file_id is not None]
    named: dict[tuple[str, int], str] = {}
    for at, name in look.session.execute(select(ExportFile.id, ExportFile.file_name).where(ExportFile.id.in_(known))):
        named["file", at] = name
    for at, name in look.session.execute(
        select(Transaction.id, ExportFile.file_name)
        .join(ExportFile, ExportFile.id == Transaction.file_id)
        .where(Transaction.id.in_(transactions))
    ):
        named["transaction", at] = name
    return named


def _all_answers(look: Reading, file: ReplyFile) -> list[str]:
    """Return the names of our files that a reply file answers, at most 20."""
    if file.export_file_id is not None:
        query = select(ExportFile.file_name).where(ExportFile.id == file.export_file_id)
    else:
        query = (
            select(ExportFile.file_name)
            .join(Transaction, Transaction.file_id == ExportFile.id)
            .join(Reply, Reply.transaction_id == Transaction.id)
            .where(Reply.reply_file_id == file.id)
            .distinct()
            .order_by(ExportFile.file_name)
            .limit(ANSWERS_MOST)
        )
    return list(look.session.scalars(query))


def _cases_of(look: Reading, names: set[str]) -> dict[str, list[dict[str, Any]]]:
    """Return the cases about files by their names."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for case in look.session.scalars(
        select(Case).where(Case.number_id.is_(None), Case.file_name.in_(names)).order_by(Case.id)
    ):
        found[case.file_name].append({"id": case.id, "code": case.code, "text": case.text, "state": str(case.state)})
    return found


def _row(system: System, row: Row[Reply, int | None]) -> dict[str, Any]:
    reply, number_id = row
    return {
        "line": reply.line,
        "number": reply.telephone_no,
        "number_id": number_id,
        "txn_ref": reply.txn_ref,
        "command": reply.command,
        "code": reply.code,
        "class": reply.reply_class,
        "final": reply.final,
        "error_list": reply.error_list,
        "text": reply.text,
        "plain": plain_words(system, reply.code),
        "effect": str(reply.effect),
        "marked": reply.marked,
        "at": reply.at.isoformat(),
    }
