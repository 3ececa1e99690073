"""Uploads between the dry run and its application: files beside the database, a day long, each under a random token.

The session cookie holds nothing of them. What is kept is personal data: folder and files are the service's own alone.
"""

import json
import os
import re
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from app.errors import Conflict, NotFound

TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
KEPT_FOR = timedelta(days=1)


@dataclass
class Upload:
    """One upload: the rows as they came, what the dry run said of them, and the rows that were refused."""

    rows: Path
    facts: Path
    refused: Path
    token: str
    owner: int
    account_id: int
    at: datetime
    report: dict[str, Any]
    applied: bool = False

    @property
    def expires(self) -> datetime:
        """Return when it goes."""
        return self.at + KEPT_FOR

    def save(self) -> None:
        """Write the facts: whole or not at all."""
        draft = self.facts.with_suffix(".part")
        draft.write_text(
            json.dumps(
                {
                    "owner": self.owner,
                    "account_id": self.account_id,
                    "at": self.at.isoformat(),
                    "report": self.report,
                    "applied": self.applied,
                }
            )
        )
        draft.chmod(0o600)
        draft.replace(self.facts)

    def claim(self) -> None:
        """Mark it as being applied; Conflict where it is or was: two presses of a button apply once."""
        try:
            os.close(os.open(self.facts.with_suffix(".applied"), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError as error:
            raise Conflict("This upload is applied already, or is being applied just now.") from error

    def unclaim(self) -> None:
        """Give it back: nothing was applied."""
        self.facts.with_suffix(".applied").unlink(missing_ok=True)


class UploadShelf:
    """The folder of the uploads."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "uploads"

    def keep(self, stream: BinaryIO, owner: int, account_id: int, at: datetime) -> Upload:
        """Put an upload on the shelf, and take down what is a day old."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._expire(at)
        upload = self._upload(secrets.token_urlsafe(24), owner, account_id, at)
        handle = os.open(upload.rows, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            shutil.copyfileobj(stream, file)
        upload.save()
        return upload

    def find(self, token: str, owner: int, now: datetime) -> Upload:
        """Return an upload to the person who made it; NotFound for anybody else, and after a day."""
        facts = self._folder / f"{token}.json"
        if not TOKEN.fullmatch(token) or not facts.is_file():
            raise NotFound("there is no such upload")
        kept = json.loads(facts.read_text())
        upload = self._upload(token, kept["owner"], kept["account_id"], datetime.fromisoformat(kept["at"]))
        upload.report, upload.applied = kept["report"], kept["applied"]
        if upload.owner != owner or now >= upload.expires:
            raise NotFound("there is no such upload")
        return upload

    def drop(self, upload: Upload) -> None:
        """Take an upload down."""
        for path in self._folder.glob(f"{upload.token}.*"):
            path.unlink(missing_ok=True)

    def _upload(self, token: str, owner: int, account_id: int, at: datetime) -> Upload:
        place = self._folder / token
        return Upload(
            place.with_suffix(".csv"),
            place.with_suffix(".json"),
            place.with_suffix(".refused"),
            token,
            owner,
            account_id,
            at,
            {},
        )

    def _expire(self, now: datetime) -> None:
        for path in self._folder.iterdir():
            if path.stat().st_mtime < (now - KEPT_FOR).timestamp():
                path.unlink(missing_ok=True)
