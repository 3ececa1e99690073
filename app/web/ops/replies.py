"""Replies: what the agent answered, file by file, and what became of each row."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.domain.outcomes import Effect
from app.domain.permissions import Permission
from app.services.replies.listing import Kept, list_reply_files, show_reply_file
from app.web.desk import the_actor, the_system
from app.web.forms.search import page_asked
from app.web.reply_words import EFFECTS, EMPTY, OUTCOMES, REASONS, SORTS
from app.web.rooms import For, Room

room = Room("replies", audience=For.STAFF, needs=Permission.SEE_FILES, prefix="/ops/replies")
WORDS: dict[str, Any] = {"outcomes": OUTCOMES, "effects": EFFECTS, "reasons": REASONS}


@room.get("")
def listing() -> ResponseReturnValue:
    """List the files that were collected, the newest first."""
    asked = request.args.get("kept", "")
    kept = Kept(asked) if asked in set(Kept) else Kept.ALL
    found = list_reply_files(the_system(), the_actor(), page_asked(), kept)
    return render_template("ops/replies.html", found=found, kept=kept, sorts=SORTS, nothing=EMPTY[kept], **WORDS)


@room.get("/<int:reply_file_id>")
def show(reply_file_id: int) -> ResponseReturnValue:
    """Show one file with its rows, or with those that one thing became of."""
    asked = request.args.get("effect", "")
    effect = Effect(asked) if asked in set(Effect) else None
    found = show_reply_file(the_system(), the_actor(), reply_file_id, page_asked(), effect)
    return render_template("ops/reply.html", found=found, file=found.file, effect=effect, **WORDS)
