"""Every route, every role, what is one's own and what is another's: held against a table written by hand."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from authorisation_table import CALLS, PAGES
from authorisation_world import OTHERS_OWNER, PASSWORD, ROLES, STRANGER, accounts, email_of, furnish, objects_of, person
from flask import Flask
from web_visitor import Visitor
from werkzeug.routing import Rule

from app.api import register_api
from app.clock import FixedClock
from app.services.setup import set_up
from app.services.system import System, open_system
from app.settings import load_settings
from app.web import register_web

LETTERS = dict(zip(ROLES, "-oevOPAD", strict=True))
CUSTOMERS = "veo"


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One installation with everything in it, to be copied for each role."""
    folder = tmp_path_factory.mktemp("matrix")
    clock = FixedClock(datetime(2027, 3, 3, 12, 0, tzinfo=UTC))
    settings = load_settings({"ELD_DEMO": "1", "ELD_DATA_DIR": str(folder / "data")})
    set_up(settings, clock)
    system = open_system(settings, clock)
    furnish(system, clock, folder)
    system.database.dispose()
    return folder / "data"


@pytest.fixture
def matrix(furnished: Path, tmp_path: Path) -> Iterator[Callable[[], System]]:
    """Makes fresh copies of the installation."""
    made: list[System] = []

    def copy() -> System:
        folder = tmp_path / str(len(made))
        shutil.copytree(furnished, folder)
        clock = FixedClock(datetime(2027, 3, 3, 12, 0, tzinfo=UTC))
        made.append(open_system(load_settings({"ELD_DEMO": "1", "ELD_DATA_DIR": str(folder)}), clock))
        return made[-1]

    yield copy
    for system in made:
        system.database.dispose()


def whole_app(system: System) -> Flask:
    flask_app = Flask("app", static_folder=None, template_folder=None)
    register_web(flask_app, system)
    register_api(flask_app, system)
    return flask_app


def rules_of(flask_app: Flask) -> list[Rule]:
    return sorted(flask_app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule))


def test_every_route_has_a_row_and_every_row_a_route(matrix: Callable[[], System]) -> None:
    endpoints = {rule.endpoint for rule in rules_of(whole_app(matrix()))}
    rows = PAGES.keys() | CALLS.keys()
    assert endpoints == rows, f"without a row: {sorted(endpoints - rows)}; without a route: {sorted(rows - endpoints)}"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("role", ROLES)
def test_who_may_open_what(matrix: Callable[[], System], role: str, method: str) -> None:
    system = matrix()
    own_account, other_account = accounts(system)
    who = None if role == STRANGER else person(system, role)
    own = objects_of(system, own_account, who)
    others = objects_of(system, other_account, person(system, OTHERS_OWNER))
    flask_app = whole_app(system)
    visitor = Visitor(flask_app)
    if who is not None:
        visitor.log_in(email_of(role), PASSWORD)
    flask_app.config["WTF_CSRF_ENABLED"] = False  # a forged form is another test's; here none may hide behind it
    faults = []
    for rule in rules_of(flask_app):
        if rule.endpoint not in PAGES or method not in (rule.methods or ()):
            continue
        row = PAGES[rule.endpoint]
        unknown = sorted(rule.arguments - own.keys())
        if unknown or any(own[name] is None for name in rule.arguments):
            faults.append(f"{rule.endpoint}: the world has no {unknown or sorted(rule.arguments)}")
            continue
        if LETTERS[role] in CUSTOMERS and LETTERS[role] in row and rule.arguments & PRIVATE:
            if all(others[name] is not None for name in rule.arguments):
                _expect(faults, visitor, rule, method, others, {404})
            else:
                faults.append(f"{rule.endpoint}: the other account has no {sorted(rule.arguments)}")
        if rule.endpoint not in LEAVING:
            _expect(faults, visitor, rule, method, own, _wanted(row, role))
    assert not faults, "\n".join(faults)


# What belongs to one account or one person; and what ends the visit that the test is on.
PRIVATE = {
    "number_id",
    "thread_id",
    "change_id",
    "token",
    "key_id",
    "hook_id",
    "user_id",
    "invitation_id",
    "session_id",
}
LEAVING = {"entry.log_out"}
REFUSED, OPENED = {403}, {200, 201, 202, 204, 302, 303, 400, 409, 422}


def _wanted(row: str, role: str) -> set[int]:
    if "*" in row or LETTERS[role] in row:
        return OPENED | ({404, 410} if "?" in row else set())
    return {"log-in"} if role == STRANGER else REFUSED


def _expect(
    faults: list[str], visitor: Visitor, rule: Rule, method: str, objects: dict[str, object], wanted: set
) -> None:
    values = {name: objects[name] for name in rule.arguments}
    answer = visitor.client.open(rule.build(values)[1], method=method)
    answer.close()
    led = answer.status_code == 302 and answer.location.startswith("/log-in")
    met = "log-in" if led else answer.status_code
    # Staff at the customers' front door are led to their own.
    if met == 302 and rule.rule == "/" and wanted == REFUSED:
        return
    if met not in wanted:
        faults.append(f"{method} {rule.endpoint}: {met}, wanted {sorted(wanted, key=str)}")
