"""A call under an Idempotency-Key: done once, and answered the same again for a day."""

import logging
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from flask import Response, g, request

from app.api.desk import the_actor, the_system
from app.errors import AppError, Problem, Refused
from app.services.idempotency import Answer, Begun, begin_call, end_call, release_call

HEADER, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
LONGEST = 200
IN_MEMORY = 2**20  # bytes of an upload; a longer one waits in a file
KEPT_HEADERS = ("Content-Type", "ETag", "Location")
WRONG = f"An Idempotency-Key has 1 to {LONGEST} characters of ASCII that can be seen: one that nobody else makes."
logger = logging.getLogger(__name__)


def answered_before(once: bool) -> Response | None:
    """Take the call up, or return what it was answered before; of calls without the header nothing is kept."""
    word = request.headers.get(HEADER)
    if not once or word is None:
        return None
    if not (1 <= len(word) <= LONGEST and word.isascii() and word.isprintable()):
        raise Refused([Problem("J04", HEADER, "error", WRONG)])
    asked = [request.method, request.full_path, request.mimetype, _digest_of_body()]
    known = begin_call(the_system(), the_actor(), word, "\n".join(asked).encode())
    if isinstance(known, Begun):
        g.eld_begun = known
        return None
    headers = [*known.headers, (REPLAYED, "true")]
    return Response(known.body, known.status, headers=headers)


def nothing_kept() -> None:
    """Say that nothing of this call was kept, so that it may be sent again under the same key."""
    g.eld_nothing_kept = True


def keep_answer(response: Response) -> Response:
    """Keep the answer of a call that was taken up; it goes out also where it cannot be kept."""
    begun = cast("Begun | None", g.pop("eld_begun", None))
    if begun is None:
        return response
    try:
        if g.pop("eld_nothing_kept", False):
            release_call(the_system(), begun)
        else:
            headers = tuple((name, response.headers[name]) for name in KEPT_HEADERS if name in response.headers)
            answer = Answer(response.status_code, headers, response.get_data(as_text=True))
            end_call(the_system(), begun, answer)
    except AppError as fault:
        # The next one with this key is told that the call broke off, which is the truth as far as we can know it.
        logger.warning("an answer could not be kept: %s", type(fault).__name__)
    return response


def the_upload() -> BinaryIO:
    """Return the body as a stream from its beginning, however long it is."""
    _digest_of_body()
    stream = cast("BinaryIO", g.eld_upload)
    stream.seek(0)
    return stream


def _digest_of_body() -> str:
    if request.mimetype != "text/csv":
        return sha256(request.get_data()).hexdigest()
    if "eld_upload" not in g:
        g.eld_upload = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed when the call ends, with what holds it
        digest = sha256()
        while piece := request.stream.read(2**16):
            digest.update(piece)
            g.eld_upload.write(piece)
        g.eld_digest = digest.hexdigest()
    return str(g.eld_digest)


def close_upload(_fault: BaseException | None = None) -> None:
    """Let go of what was uploaded, at the end of the call."""
    stream = g.pop("eld_upload", None)
    if stream is not None:
        stream.close()
