"""Keys of the API: shown once, kept as a digest, ended at once, and never another account's."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from stage import Stage

from app.domain.actors import Role
from app.errors import NotAllowed, NotFound, Refused
from app.models.accounts import ApiKey
from app.services.api_door import WRITTEN, authenticate
from app.services.api_keys import Scope, list_keys, make_key, revoke_key

EVERYTHING = (Scope.READ, Scope.WRITE)


def made(stage: Stage, scopes=EVERYTHING, name="order system"):
    return make_key(stage.system, stage.customer, stage.account, name, scopes)


def test_a_key_acts_for_its_account_and_for_nothing_else(stage: Stage) -> None:
    key = made(stage, [Scope.READ])
    holder = authenticate(stage.system, key.key, "192.0.2.9")
    assert holder is not None
    assert (holder.account_id, holder.scopes) == (stage.account, {"locations:read"})
    actor = holder.actor
    assert (actor.role, actor.account_id, actor.user_id) == (Role.CUSTOMER, stage.account, None)
    assert (actor.name, actor.origin) == (f"api-key:{key.prefix}", "192.0.2.9")


def test_the_key_itself_is_kept_nowhere(stage: Stage) -> None:
    key = made(stage)
    with stage.system.database.reading() as look:
        rows = [
            repr(tuple(row))
            for table in ("api_keys", "audit_events")
            for row in look.session.execute(text(f"SELECT * FROM {table}"))  # noqa: S608  our own two names
        ]
    assert not [row for row in rows if key.key in row or key.key.rpartition("_")[2] in row]
    assert len(key.key.split("_", 2)[2]) == 43
    assert stage.events()[-1] == "api_key_made"


def test_no_other_text_is_a_key(stage: Stage) -> None:
    key = made(stage).key
    wrong = [
        "", "eld", key[:-1], f"{key}A", f" {key}", key.upper(), key.replace("eld_", "eld-"),
        key[:-1] + ("A" if key[-1] != "A" else "B"), f"eld_{'0' * 10}_{key[15:]}", key.replace("_", "_\0", 1),
    ]  # fmt: skip
    assert [text for text in wrong if authenticate(stage.system, text, "")] == []


def test_a_revoked_key_opens_nothing_from_that_moment(stage: Stage) -> None:
    key, other = made(stage), made(stage)
    revoke_key(stage.system, stage.customer, key.id)
    revoke_key(stage.system, stage.customer, key.id)
    assert authenticate(stage.system, key.key, "") is None
    assert authenticate(stage.system, other.key, "") is not None
    assert stage.events().count("api_key_revoked") == 1
    assert [line.revoked_at is not None for line in list_keys(stage.system, stage.customer)] == [False, True]


def test_the_use_is_noted_once_a_minute(stage: Stage) -> None:
    key = made(stage)

    def noted():
        authenticate(stage.system, key.key, "")
        return stage.all(ApiKey)[0].last_used_at

    first = noted()
    assert first == stage.clock.now()
    stage.clock.advance(timedelta(seconds=59))
    assert noted() == first
    stage.clock.advance(timedelta(seconds=1))
    assert noted() == stage.clock.now()


def test_each_account_manages_its_own_keys(stage: Stage) -> None:
    key = made(stage)
    with pytest.raises(NotFound):
        make_key(stage.system, stage.other_customer, stage.account, "theirs", EVERYTHING)
    with pytest.raises(NotFound):
        revoke_key(stage.system, stage.other_customer, key.id)
    with pytest.raises(NotFound):
        list_keys(stage.system, stage.other_customer, stage.account)
    with pytest.raises(NotFound):
        make_key(stage.system, stage.staff, 999, "nobody's", EVERYTHING)
    with pytest.raises(NotFound):
        revoke_key(stage.system, stage.staff, 999)
    assert list_keys(stage.system, stage.other_customer) == []
    assert [line.id for line in list_keys(stage.system, stage.staff)] == [key.id]
    holder = authenticate(stage.system, key.key, "")
    assert holder is not None
    auditor = type(stage.staff)("auditor@operations.example", Role.AUDITOR)
    with pytest.raises(NotAllowed):
        make_key(stage.system, auditor, stage.account, "a key", EVERYTHING)


@pytest.mark.parametrize(
    ("name", "scopes", "codes"),
    [
        ("", EVERYTHING, ["K01"]),
        ("two\nlines", EVERYTHING, ["K01"]),
        ("x" * 101, EVERYTHING, ["K01"]),
        ("fine", [], ["K02"]),
        ("fine", ["locations:read", "everything"], ["K02"]),
        (" ", ["everything"], ["K01", "K02"]),
    ],
)
def test_a_key_without_a_name_or_a_purpose_is_refused(sqlite_stage: Stage, name, scopes, codes) -> None:
    with pytest.raises(Refused) as refused:
        make_key(sqlite_stage.system, sqlite_stage.customer, sqlite_stage.account, name, scopes)
    assert [problem.code for problem in refused.value.problems] == codes
    assert sqlite_stage.all(ApiKey) == []


@given(st.text())
def test_what_is_not_written_as_a_key_is_none(presented: str) -> None:
    assert WRITTEN.fullmatch(presented) is None
