"""`eld api-key --own`: keys of the member of staff whom `--as` names."""

from cli_hand import Eld

from app.services.api_keys import Scope
from app.services.staff_keys import StaffScope

ALEX = ("--as", "alex@operations.example")


def test_a_member_of_staff_makes_lists_and_revokes_a_key_of_their_own(sqlite_eld: Eld) -> None:
    made = sqlite_eld.json(*ALEX, "api-key", "make", "--own", "--name", "night watch")
    assert made["key"].startswith(f"eld_{made['prefix']}_")
    (listed,) = sqlite_eld.json(*ALEX, "api-key", "list", "--own")
    assert (listed["id"], listed["account_id"]) == (made["id"], None)
    assert set(listed["scopes"]) == set(StaffScope)
    assert sqlite_eld.json("api-key", "list") == [], "a list of accounts' keys has none of staff"
    sqlite_eld(*ALEX, "api-key", "revoke", made["id"])
    assert sqlite_eld.json(*ALEX, "api-key", "list", "--own")[0]["revoked_at"] is not None


def test_a_key_is_an_accounts_or_ones_own(sqlite_eld: Eld) -> None:
    assert sqlite_eld(*ALEX, "api-key", "make", "--own", "--account", 1, "--name", "x", status=2)
    assert "E03" in sqlite_eld("api-key", "make", "--own", "--name", "x", status=1).stderr
    made = sqlite_eld.json("api-key", "make", "--name", "order system")
    (listed,) = sqlite_eld.json("api-key", "list")
    assert listed["id"] == made["id"]
    assert {Scope.READ, Scope.WRITE} <= set(listed["scopes"])
    assert Scope.ACCESS not in listed["scopes"], "what operations may not see, it lends to nobody"
