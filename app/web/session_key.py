"""The secret that signs session cookies: made once, kept in a file that only the service's user can read."""

import os
import secrets
from pathlib import Path

from app.errors import Misconfigured

NAME = "session.key"
LENGTH = 64


def session_key(folder: Path) -> str:
    """Return the secret kept in `folder`, making it at the first call; Misconfigured where others could read it.

    Made exclusively: of two processes that start together one makes it, and both use that one.
    """
    path = folder / NAME
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Written beside and linked into place, so that no reader ever finds half a secret.
    draft = folder / f".{NAME}.{secrets.token_hex(8)}"
    if not path.exists():
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_hex(LENGTH // 2))
            path.hardlink_to(draft)
        except FileExistsError:
            pass  # the other process was first
        finally:
            draft.unlink()
    if path.stat().st_mode & 0o077:
        raise Misconfigured(f"{NAME} in ELD_KEY_DIR can be read by others: set its mode to 600")
    key = path.read_text()
    if len(key) != LENGTH:
        raise Misconfigured(f"{NAME} in ELD_KEY_DIR is damaged: remove it, and everyone logs in again")
    return key
