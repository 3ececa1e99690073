"""The life of a number for staff, for its holder, and what differs between two of its moments."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from sqlalchemy import select

from app.db.unit_of_work import Reading
from app.domain.actors import Actor, Role
from app.domain.commands import AcceptedState
from app.domain.life import FOR_CUSTOMERS, LifeKind
from app.domain.permissions import Permission
from app.domain.registrations import RegistrationKind
from app.errors import NotFound
from app.models.accounts import User
from app.models.numbers import Number
from app.services.access import authorise, authorise_account, note_reading
from app.services.life.entries import Entry, entries_of
from app.services.life.facts import Facts, read_facts
from app.services.life.standing import Held, Span, held_at, held_history, spans_of, wanted_at
from app.services.record_json import record_json
from app.services.system import System
from validators.numbers import national, read_number

PER_PAGE = 50
READS = frozenset({LifeKind.READ})
US = "us"


@dataclass(frozen=True)
class Standing:
    """What was wanted and what the agent held at one moment; a record is None where there was none.

    `wanted_kind` is what was in force: `record`, an end (`cease`, `port_out`, `no_record`), or nothing.
    """

    at: datetime
    wanted_kind: str
    wanted: dict[str, str] | None
    held_state: str
    held: dict[str, str] | None

    @property
    def content(self) -> tuple[object, ...]:
        """What a moment is told apart by."""
        return self.wanted_kind, self.wanted, self.held_state, self.held

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {**{name: getattr(self, name) for name in self.__dataclass_fields__}, "at": self.at.isoformat()}


@dataclass(frozen=True)
class Life:
    """A page of a number's life; `counts` is over all of it, `standings` are the moments at which something changed."""

    number_id: int
    number: str
    entries: list[Entry]
    counts: dict[LifeKind, int]
    page: int
    pages: int
    standings: list[Standing]


def life_of_number(
    system: System,
    actor: Actor,
    number_id: int,
    kinds: Collection[LifeKind] = (),
    page: int = 1,
    per_page: int = PER_PAGE,
) -> Life:
    """Return a page of the life, the newest first, of some kinds or of all but what staff read; for staff alone."""
    authorise(actor, Permission.SEE_RECORD)
    if actor.role is Role.CUSTOMER:
        raise NotFound("there is no such thing in your account")
    with system.database.reading() as look:
        facts = _facts(system, actor, look, number_id)
        everything = entries_of(facts)
        standings = _standings(system, facts)
    chosen = [entry for entry in everything if (entry.kind in kinds if kinds else entry.kind not in READS)]
    pages = max(1, -(-len(chosen) // per_page))
    page = min(max(page, 1), pages)
    shown = chosen[(page - 1) * per_page : page * per_page]
    note_reading(system, actor, "life", ("number", number_id))
    counts = dict(Counter(entry.kind for entry in everything))
    return Life(number_id, national(facts.number.number), shown, counts, page, pages, standings)


def find_number(system: System, actor: Actor, number: str) -> int | None:
    """Return the id of a number, None for one that is not known."""
    authorise(actor, Permission.SEE_RECORD)
    with system.database.reading() as look:
        found = look.session.execute(
            select(Number.id, Number.account_id).where(Number.number == read_number(number))
        ).one_or_none()
    if found is None:
        return None
    authorise_account(actor, Permission.SEE_RECORD, found.account_id)
    return int(found.id)


def history_of_number(system: System, actor: Actor, number_id: int) -> list[Entry]:
    """Return what a holder is told of their number: what they said, what was sent and answered; the newest first.

    Of the staff it names nobody, and of a former holder it tells nothing.
    """
    with system.database.reading() as look:
        facts = _facts(system, actor, look, number_id)
        account_id = facts.number.account_id
        own = {user.id: user.email for user in look.session.scalars(select(User).where(User.account_id == account_id))}
        since = min((one.submitted_at for one in facts.said if one.account_id == account_id), default=None)
        told = [
            replace(entry, who=_named(entry, own))
            for entry in entries_of(facts)
            if entry.kind in FOR_CUSTOMERS and _of_holder(entry, account_id, since)
        ]
    note_reading(system, actor, "history", ("number", number_id))
    return told


def _of_holder(entry: Entry, account_id: int, since: datetime | None) -> bool:
    """Say whether an entry is about the time of an account that first said something of the number at `since`."""
    if since is None:
        return entry.of_account == account_id
    return entry.of_account in {None, account_id} and entry.at >= since


def _named(entry: Entry, own: dict[int, str]) -> str:
    """Return who it was as a holder is told: one of their own people by name, anybody of ours as `us`."""
    if entry.kind not in {LifeKind.SAID, LifeKind.REVIEW, LifeKind.NUMBER}:
        return ""
    return own.get(entry.by_user or 0, US)


def _facts(system: System, actor: Actor, look: Reading, number_id: int) -> Facts:
    number = look.session.get(Number, number_id)
    if number is None:
        raise NotFound("there is no such number")
    authorise_account(actor, Permission.SEE_RECORD, number.account_id)
    return read_facts(look, number, system.settings.cupid)


def _standings(system: System, facts: Facts) -> list[Standing]:
    """Return the moments at which what was wanted or held became another, the newest first, now among them."""
    zone, now = system.settings.timezone, system.clock.now()
    spans, history = spans_of(facts, zone), held_history(facts, system.profile)
    moments = {facts.number.created_at, now}
    for span in spans:
        begins = datetime.combine(span.said.due_on, time.min, zone)
        moments |= {span.since, max(begins, span.since)} | ({span.until} if span.until else set())
    moments |= {held.since for held in history if held.since is not None}
    found: list[Standing] = []
    for moment in sorted(one for one in moments if one <= now):
        standing = standing_at(system, facts, spans, history, moment)
        if not found or found[-1].content != standing.content:
            found.append(standing)
    return found[::-1]


def standing_at(system: System, facts: Facts, spans: list[Span], history: list[Held], moment: datetime) -> Standing:
    """Return what was wanted and held at a moment."""
    said = wanted_at(spans, moment, system.settings.timezone)
    held = held_at(history, moment)
    wanted = None
    if said is not None and said.kind is RegistrationKind.RECORD and said.values_id is not None:
        wanted = record_json(facts.number.number, facts.values[said.values_id], said.effective_date)
    content = None
    if held.state is AcceptedState.LIVE and held.values_id is not None:
        content = record_json(facts.number.number, facts.values[held.values_id], held.effective_date)
    return Standing(moment, "" if said is None else str(said.kind), wanted, str(held.state), content)


def differences(one: Standing, other: Standing) -> list[dict[str, str]]:
    """Return each field of what was wanted and held at two moments, as `field` and four values; `differs` marks it."""
    records = [one.wanted or {}, other.wanted or {}, one.held or {}, other.held or {}]
    names = [name for name in dict.fromkeys(key for record in records for key in record) if name != "number"]
    rows = []
    for name in names:
        values = [record.get(name, "") for record in records]
        if any(values):
            differs = "yes" if values[0] != values[1] or values[2] != values[3] else ""
            titles = ("wanted_then", "wanted_later", "held_then", "held_later")
            rows.append({"field": name, "differs": differs} | dict(zip(titles, values, strict=True)))
    return rows
