"""The files, the newest first, some at a time: what is made meanwhile comes before them and moves none (U2)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.models.exports import ExportFile
from app.services.access import authorise
from app.services.exports.files import file_facts
from app.services.system import System

MOST = 200


@dataclass(frozen=True)
class FileSlice:
    """Some files; `before` is the last one's id where more follow."""

    files: list[dict[str, Any]]
    before: int | None


def slice_files(system: System, actor: Actor, before: int | None = None, limit: int = 50) -> FileSlice:
    """Return up to `limit` files that were made before the one of an id."""
    authorise(actor, Permission.SEE_FILES)
    limit = min(max(limit, 1), MOST)
    query = select(ExportFile).order_by(ExportFile.id.desc()).limit(limit + 1)
    if before is not None:
        query = query.where(ExportFile.id < before)
    with system.database.reading() as look:
        rows = look.session.scalars(query).all()
        files = [file_facts(system, row) for row in rows[:limit]]
    return FileSlice(files, rows[limit - 1].id if len(rows) > limit else None)
