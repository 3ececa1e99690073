"""The list of files, page by page, and where in a file a record stands."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.domain.references import transaction_number
from app.models.exports import ExportFile, FullFileRow, Transaction
from app.services.access import authorise
from app.services.exports.files import file_and_profile, file_facts
from app.services.system import System
from emergency_export.rows import FULL

FILES_A_PAGE = 50
LONGEST_COUNT = 9


@dataclass(frozen=True)
class FilePage:
    """Some files, the newest first."""

    files: list[dict[str, Any]]
    page: int
    pages: int


def page_files(system: System, actor: Actor, page: int = 1) -> FilePage:
    """Return one page of the files that were given a number, newest first."""
    authorise(actor, Permission.SEE_FILES)
    with system.database.reading() as look:
        total = look.session.scalar(select(func.count()).select_from(ExportFile)) or 0
        pages = max(1, -(-total // FILES_A_PAGE))
        page = min(max(page, 1), pages)
        newest = select(ExportFile).order_by(ExportFile.file_sequence.desc())
        files = look.session.scalars(newest.limit(FILES_A_PAGE).offset((page - 1) * FILES_A_PAGE))
        return FilePage([file_facts(system, file) for file in files], page, pages)


def place_of_record(system: System, actor: Actor, file_name: str, asked: str) -> int | None:
    """Return the number of a record in a file, from that number or from a transaction's reference; None without one."""
    authorise(actor, Permission.SEE_FILES)
    with system.database.reading() as look:
        file, _ = file_and_profile(look, file_name)
        text = asked.strip()
        if text.isascii() and text.isdecimal() and len(text) <= LONGEST_COUNT:
            return int(text) if 1 <= int(text) <= file.record_count else None
        number = transaction_number(text)
        if number is None:
            return None
        if file.kind == FULL:
            of_full = (FullFileRow.file_id == file.id) & (FullFileRow.transaction_id == number)
            return look.session.scalar(select(FullFileRow.rec_no).where(of_full))
        return look.session.scalar(
            select(Transaction.rec_no).where(Transaction.file_id == file.id, Transaction.id == number)
        )
