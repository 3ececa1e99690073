"""A day of replies to one file of activations, in many CARs: in any order, some twice, some against what was said."""

import random
from collections.abc import Iterator
from pathlib import Path

from invented import CUPID, NOW, TODAY, data_row
from sqlalchemy import select

from app.models.exports import ExportFile
from app.services.system import System
from emergency_export.car_check import CarHeader
from emergency_export.profiles import FileKind
from emergency_export.replies import CarRow, Fco, render_car, render_fco

DONE, REFUSED, WAITS = "0037", "0101", "0018"
CARS = 99  # as many as a day has names for


def lay_day(system: System, records: int, inbox: Path) -> int:
    """Write FCO and CARs into the inbox and return how many rows they have: five for each four records."""
    rows = [_reply(system, i, word) for i, word in _day(records)]
    with system.database.reading() as look:
        file = look.session.scalars(select(ExportFile)).one()
    fco = Fco(file.file_name, file.file_sequence, accepted=True, reason="", received_count=records, answered_at=NOW)
    (inbox / system.profile.fco_name(file.file_name)).write_bytes(render_fco(fco, system.profile))
    share = -(-len(rows) // CARS)
    for nn in range(1, CARS + 1):
        name = system.profile.file_name(CUPID, TODAY, nn, FileKind.CAR)
        part = rows[(nn - 1) * share : nn * share]
        car = render_car(CarHeader(CUPID, NOW, nn, name), part, system.profile)
        (inbox / name).write_bytes(b"".join(car))
    return len(rows)


def _day(records: int) -> Iterator[tuple[int, str]]:
    """Yield record and code: a tenth of all rows twice, a twentieth contradicts, a twentieth waits, 2 % are refused."""
    chance = random.Random(2027)
    tenth, twentieth = records // 8, records // 16
    refused = set(chance.sample(range(1, records + 1), records // 50))
    words = {i: [REFUSED if i in refused else DONE] for i in range(1, records + 1)}
    for i in chance.sample(range(1, records + 1), twentieth):
        words[i].insert(0, WAITS)
    for i in chance.sample(range(1, records + 1), tenth):
        words[i].append(words[i][-1])
    for i in chance.sample(range(1, records + 1), twentieth):
        words[i].append(DONE if i in refused else REFUSED)
    order = [i for i, said in words.items() for _ in said]
    chance.shuffle(order)
    turns = {i: iter(said) for i, said in words.items()}
    for i in order:
        yield i, next(turns[i])


def _reply(system: System, i: int, word: str) -> CarRow:
    sent, code = data_row(i), system.profile.response_codes[word]
    return CarRow(1, sent.txn_ref, sent.telephone_no, "A", word, code.class_, code.final, NOW, 0, (), code.text.upper())
