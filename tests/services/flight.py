"""Numbers with a command in flight, laid into the database by the thousand; and what came of each."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select
from stage import Stage

from app.db.bulk import copy_rows
from app.db.unit_of_work import UnitOfWork
from app.domain.commands import AcceptedState
from app.domain.files import FileState
from app.domain.references import transaction_reference
from app.domain.registrations import RegistrationKind, RegistrationState
from app.domain.transactions import TransactionState
from app.models.exports import ExportFile, Transaction
from app.models.numbers import Address, Number
from app.models.porting import PortPair
from app.models.records import AcceptedRecord, RecordValues, Registration
from app.models.replies import Case
from app.services.exports.numbering import keep_profile
from validators.numbers import national

CUPID = "999"
VALUES = [column.name for column in RecordValues.__table__.columns if column.name not in {"id", "digest"}]
WORDED = ("title", "forename", "name", "honours", "business_suffix", "line_type", "reference")
KINDS = {"C": RegistrationKind.CEASE, "E": RegistrationKind.PORT_OUT}


class Flying(NamedTuple):
    """A record as it was sent, as far as a reply names it."""

    txn_ref: str
    telephone_no: str
    command: str


def fly(stage: Stage, commands: Sequence[str]) -> list[Flying]:
    """Put a command of each letter into flight, each for a number of its own, in one file that was delivered.

    The records of M, C and E were live before, as the file before it made them.
    """
    with stage.system.database.unit_of_work() as work:
        numbers = _numbers(stage, work, commands)
        old, new = (_values(work, numbers, word) for word in ("OLD", "NEW"))
        _said(stage, work, numbers, commands, new)
        before, file = (_file(stage, work, sequence, len(commands)) for sequence in (1, 2))
        live = [place for place, command in enumerate(commands) if command in "MCE"]
        done = _sent(stage, work, before, [(numbers[place], "A", old[place]) for place in live], "COMPLETED")
        held = [
            (
                numbers[place],
                AcceptedState.LIVE,
                old[place],
                done[at],
                stage.account,
                stage.today,
                False,
                0,
                _now(stage),
            )
            for at, place in enumerate(live)
        ]
        columns = (
            "number_id", "state", "values_id", "transaction_id", "account_id", "effective_date", "import_taken",
            "heals", "changed_at",
        )  # fmt: skip
        copy_rows(work, AcceptedRecord.__table__, columns, held)
        content = [None if command in "CE" else new[place] for place, command in enumerate(commands)]
        ids = _sent(stage, work, file, list(zip(numbers, commands, content, strict=True)), "EXTRACTED")
        work.commit()
    return [
        Flying(transaction_reference(CUPID, CUPID, number), national(_number(place)), command)
        for place, (number, command) in enumerate(zip(ids, commands, strict=True))
    ]


def _number(place: int) -> str:
    return f"+441632{place:06d}"


def _now(stage: Stage):
    return stage.clock.now()


def _last(work: UnitOfWork, row, count: int) -> list[int]:
    """The ids of the rows that were written last, in their order."""
    ids = work.session.scalars(select(row.id).order_by(row.id.desc()).limit(count)).all()
    return sorted(ids)


def _numbers(stage: Stage, work: UnitOfWork, commands: Sequence[str]) -> list[int]:
    columns = (
        "number", "account_id", "child_cupid", "line_type", "in_use_from", "ported_in", "losing_cupid", "created_at",
    )  # fmt: skip
    rows = [
        (
            _number(place),
            stage.account,
            "",
            "",
            stage.today,
            command == "I",
            "123" if command == "I" else "",
            _now(stage),
        )
        for place, command in enumerate(commands)
    ]
    copy_rows(work, Number.__table__, columns, rows)
    return _last(work, Number, len(rows))


def _values(work: UnitOfWork, numbers: Sequence[int], word: str) -> list[int]:
    content = dict.fromkeys(VALUES, "") | {"child_cupid": CUPID, "premises": word, "postcode": "LS11 5DF"}
    rows = [(f"{word}{number:060d}", *content.values()) for number in numbers]
    copy_rows(work, RecordValues.__table__, ("digest", *content), rows)
    return _last(work, RecordValues, len(rows))


def _said(
    stage: Stage, work: UnitOfWork, numbers: Sequence[int], commands: Sequence[str], values: Sequence[int]
) -> None:
    place = dict.fromkeys(("premises", "thoroughfare", "locality", "post_town", "postcode", "uprn", "udprn"), "")
    address = Address(account_id=stage.account, digest="0" * 64, latitude="", longitude="", **place)
    work.session.add(address)
    work.session.flush()
    columns: dict[str, Any] = {
        "account_id": stage.account,
        "state": RegistrationState.ACCEPTED,
        "effective_date": stage.today,
        "due_on": stage.today,
        **dict.fromkeys(WORDED, ""),
        "voip_acknowledged": False,
        "voip_text_version": "",
        "nomadic": False,
        "findings": [],
        "submitted_by": "test",
        "submitted_at": _now(stage),
        "decided_by": "",
        "decision_note": "",
    }
    rows = []
    for number, command, content in zip(numbers, commands, values, strict=True):
        kind = KINDS.get(command, RegistrationKind.RECORD)
        record = kind is RegistrationKind.RECORD
        pair = (address.id, content) if record else (None, None)
        rows.append((number, kind, *pair, "456" if command == "E" else "", *columns.values()))
    names = ("number_id", "kind", "address_id", "values_id", "gaining_cupid", *columns)
    copy_rows(work, Registration.__table__, names, rows)


def _file(stage: Stage, work: UnitOfWork, sequence: int, count: int) -> int:
    keep_profile(work, stage.system.profile)
    file = ExportFile(
        file_name=stage.system.profile.file_name(CUPID, stage.today, sequence),
        cupid=CUPID,
        file_sequence=sequence,
        created_on=stage.today,
        day_number=sequence,
        kind="D",
        environment="T",
        state=FileState.FCO_ACCEPTED if sequence == 1 else FileState.DELIVERED,
        profile_digest=stage.system.profile.digest,
        created_at=_now(stage),
        record_count=count,
        counts={},
        size=0,
        sha256="",
        delivered_at=_now(stage),
    )
    work.session.add(file)
    work.session.flush()
    return file.id


def _sent(stage: Stage, work: UnitOfWork, file: int, records: Sequence[tuple[int, str, int | None]], state: str):
    columns = (
        "number_id", "cause", "state", "due_on", "command", "effective_date", "values_id", "account_id",
        "child_cupid", "change_cupid", "file_id", "rec_no", "why", "incident", "created_at",
    )  # fmt: skip
    rows = [
        (
            number, "change", TransactionState(state), stage.today, command, stage.today, values, stage.account,
            CUPID, "456" if command in "IE" else "", file, rec_no, "", "", _now(stage),
        )
        for rec_no, (number, command, values) in enumerate(records, 1)
    ]  # fmt: skip
    copy_rows(work, Transaction.__table__, columns, rows)
    return _last(work, Transaction, len(rows)) if rows else []


def ends(stage: Stage) -> list[dict[str, list[Any]]]:
    """What came of each number, in the order of `fly`, without the ids."""
    found: dict[int, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    with stage.system.database.reading() as look:
        digests = dict(look.session.execute(select(RecordValues.id, func.substr(RecordValues.digest, 1, 3))).all())
        place_of: dict[int, tuple[int, int]] = {}
        for t in look.session.scalars(select(Transaction).order_by(Transaction.id)):
            place = place_of[t.id] = (t.number_id, len(found[t.number_id]["transactions"]))
            found[place[0]]["transactions"].append((t.state, t.command, t.cause, t.due_on, t.incident))
        for a in look.session.scalars(select(AcceptedRecord)):
            content, by = digests.get(a.values_id), place_of[a.transaction_id][1]
            known = (a.state, content, by, a.account_id, a.effective_date, a.import_taken, a.heals)
            found[a.number_id]["accepted"].append(known)
        for p in look.session.scalars(select(PortPair)):
            found[p.number_id]["pair"].append((p.direction, p.state, p.closed_code, place_of[p.transaction_id][1]))
        for c in look.session.scalars(select(Case).where(Case.number_id.is_not(None)).order_by(Case.id)):
            about = place_of[c.transaction_id][1]
            found[c.number_id]["cases"].append((c.code, c.text, c.field, c.state, c.urgent, about, c.closed_why))
        for s in look.session.scalars(select(Registration)):
            found[s.number_id]["said"].append((s.kind, s.state))
    return [dict(sorted(found[at].items())) for at in sorted(found)]
