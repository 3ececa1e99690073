"""The same findings, to the letter of the code, by form, API, CSV and command line (L3): one table over all four."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import grimp
import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

import app.services.accounts
from app.api import register_api
from app.api.limits import limiter
from app.cli import build
from app.domain.actors import Actor, Role
from app.models.accounts import Account
from app.services.accounts import make_user
from app.services.api_keys import Scope, make_key
from app.services.directory import load_directory, sample_directory
from app.services.inventory import load_numbers
from app.services.locations.registering import register_location
from app.services.setup import open_account, set_up
from app.services.system import System, open_system
from app.services.uploads import import_locations
from app.settings import load_settings
from app.web import register_web
from app.web.forms.location import NewNumberForm
from validators.columns import COLUMNS, Location

ROOT = Path(__file__).parents[2]
Finding = tuple[str, str, str, str | None, tuple[str, ...]]
STAFF = Actor("cli:test", Role.OPERATIONS)
LOG_IN = {"email": "owner@harbourlane.example", "password": "one-two-three-four"}
SOUND = {
    "name": "Harbour Lane Bakery",
    "premises": "Pennant House",
    "thoroughfare": "Dewsbury Road",
    "post_town": "Leeds",
    "postcode": "LS11 5DF",
}
BILLING = {"premises": "4 Sovereign Street", "thoroughfare": "", "locality": "Leeds", "postcode": "LS1 4AP"}
FAR_AHEAD = (date.today() + timedelta(days=800)).isoformat()  # noqa: DTZ011  some day that is too far ahead anywhere
LONG = "Consolidated Northern Bakeries and Confectionery Manufacturing Holdings of Yorkshire"

# Where a row is judged: the demonstration; an installation with ranges of its own; one without any.
DEMO, OWN, BARE = "demo", "own", "bare"
# A demonstration with an account that signed itself up: nobody vouched for it.
FRESH = "fresh"
# What belongs to loading an inventory, a file as a whole or a sign-up, and never to one location.
ELSEWHERE = {"N08": "inventory", "N10": "end of use", "N11": "end of use", "N12": "barring"}


@dataclass(frozen=True)
class Row:
    """One location: a sound one with these columns changed, and the codes that are at least found."""

    name: str
    columns: dict[str, str]
    codes: set[str] = field(default_factory=set)
    house: str = DEMO


ROWS = [
    Row("clean", {}),
    Row("clean with everything", {"title": "Dr", "forename": "Ada", "honours": "MBE", "reference": "SITE-7"}),
    Row("clean, lower case and spaces", {"postcode": " ls115df ", "post_town": "LEEDS", "premises": " 12 "}),
    Row("no number", {"number": ""}, {"N01"}),
    Row("no telephone number", {"number": "01632 9600"}, {"N01"}),
    Row("the 0 is gone", {"number": "1632960440"}, {"N01"}),
    Row("a prefix that is not taken", {"number": "07700 900123"}, {"N02"}),
    Row("a real number in the demonstration", {"number": "0113 246 0000"}, {"N03"}),
    Row("a number from fiction outside it", {"number": "01632 960001"}, {"N03"}, OWN),
    Row("another provider's number", {"number": "01632 962001"}, {"N04"}, OWN),
    Row("our own number", {"number": "01632 961001"}, set(), OWN),
    Row("no ranges loaded", {"number": "01632 961002"}, {"N00"}, BARE),
    Row("another account's number", {"number": "01632 960777"}, {"N05"}),
    Row("a number that nobody knows as theirs", {}, {"N13"}, FRESH),
    Row("another account's number, by a stranger", {"number": "01632 960777"}, {"N05"}, FRESH),
    Row("brought here by a stranger", {"losing_cupid": "456"}, {"N13", "R10"}, FRESH),
    Row("a number of Bristol in Leeds", {"number": "0117 496 0123"}),
    Row("a short code", {"number": "999"}, {"N07"}),
    Row("a premium number", {"number": "0909 879 0123"}, {"N07"}),
    Row("an area that the directory leaves out", {"postcode": "BT1 5GS", "post_town": "Belfast"}, {"P00"}),
    Row("no directory", {"number": "01632 961003"}, {"P00"}, BARE),
    Row("no postcode", {"postcode": ""}, {"P01"}),
    Row("not a postcode", {"postcode": "LEEDS"}, {"P01"}),
    Row("a slip in the postcode", {"postcode": "LS11 SDF"}, {"P02"}),
    Row("a postcode that is new", {"postcode": "LS11 5DG"}, {"P03"}),
    Row("a postcode that has ended", {"postcode": "AB1 0AA", "post_town": "Aberdeen"}, {"P04"}),
    Row("a postcode where nobody is", {"postcode": "GIR 0AA"}, {"P05"}),
    Row("Jersey", {"postcode": "JE2 3AB", "post_town": "Jersey"}, {"P06"}),
    Row("a large user", {"postcode": "DN55 1PT", "post_town": "Doncaster"}, {"P07"}),
    Row("no premises, no street, no town", {"premises": "", "thoroughfare": "", "post_town": ""}, {"A01"}),
    Row("no name", {"name": ""}, {"A01"}),
    Row("a name too long", {"name": LONG}, {"A02"}),
    Row("a name in other letters", {"name": "Пекарня"}, {"A03"}),
    Row("a name with accents", {"name": "Café Löwe"}),
    Row("a PO box", {"premises": "PO Box 12"}, {"A04"}),
    Row("a dummy", {"premises": "TBC", "thoroughfare": "see notes"}, {"A05"}),
    Row("a crowded address", {"premises": "Crowd House"}, {"A05"}),
    Row("a town of another area", {"post_town": "Bristol"}),
    Row("a unit alone", {"premises": "Unit 3"}, {"A07"}),
    Row("a flat in the street", {"premises": "10", "thoroughfare": "Flat 2 Dewsbury Road"}, {"A08"}),
    Row("the billing address", {**BILLING, "number": "01632 960301"}, {"A09"}),
    Row("the billing address, confirmed", {**BILLING, "number": "01632 960302", "address_confirmed": "yes"}),
    Row(
        "PAF elements",
        {"premises": "", "building_number": "12", "sub_building": "Flat 2", "dependent_locality": "Beeston"},
    ),
    Row("coordinates in France", {"latitude": "48.85", "longitude": "2.35"}, {"G01"}),
    Row("half a pair", {"latitude": "53.77"}, {"G01"}),
    Row("coordinates in York", {"latitude": "53.96", "longitude": "-1.08"}, {"G02"}),
    Row("two postcodes in one address", {"locality": "LS1 4AP"}, {"G03"}),
    Row("too far ahead", {"effective_date": FAR_AHEAD}, {"R01"}),
    Row("no date", {"effective_date": "31/02/2027"}, {"R01"}),
    Row("VoIP without acknowledgement", {"line_type": "VOIP"}, {"R02"}),
    Row("VoIP with it", {"line_type": "VOIP", "voip_acknowledged": "yes"}),
    Row("outside the UK", {"outside_uk": "yes"}, {"R03"}),
    Row("nothing changes", {"number": "01632 960778"}, {"R04"}),
    Row("another kind of line", {"line_type": "FAX"}, {"R05"}),
    Row("no UPRN", {"uprn": "12x"}, {"R06"}),
    Row("another's child", {"child_cupid": "123"}, {"R07"}),
    Row("moves about on a fixed line", {"nomadic": "yes"}, {"R08"}),
    Row("brought from ourselves", {"losing_cupid": "999"}, {"R09"}),
    Row("brought here by a customer", {"losing_cupid": "456"}, {"R10"}),
    Row(
        "much at once",
        {"number": "999", "postcode": "LS11 SDF", "premises": "TBC", "name": "", "line_type": "VOIP", "uprn": "x"},
        {"N07", "P02", "A05", "A01", "R02", "R06"},
    ),
    Row(
        "review and warning together",
        {"premises": "Unit 3", "postcode": "LS11 5DG", "latitude": "53.96", "longitude": "-1.08"},
        {"A07", "P03"},
    ),
]  # fmt: skip


class House:
    """One installation with its four faces."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        self.environ = environ | {"ELD_DATA_DIR": str(folder), "ELD_NUMBERS_PER_ADDRESS": "2"}
        settings = load_settings(self.environ)
        set_up(settings)
        self.system: System = open_system(settings)
        with self.system.database.unit_of_work() as work:
            self.account = open_account(self.system, work, STAFF, "Harbour Lane Bakery Ltd", "HARB01")
            make_user(self.system, work, STAFF, LOG_IN["email"], Role.CUSTOMER, LOG_IN["password"], self.account)
            billing = {"billing_address": "4 Sovereign Street, Leeds", "billing_postcode": "LS1 4AP"}
            work.session.execute(update(Account).where(Account.id == self.account).values(billing))
            work.commit()
        self.pages, self.calls = self._open()
        self.key = make_key(self.system, STAFF, self.account, "a test", [Scope.READ]).key

    def _open(self) -> tuple[FlaskClient, FlaskClient]:
        flask_app = Flask("app", static_folder=None, template_folder=None)
        register_web(flask_app, self.system)
        register_api(flask_app, self.system)
        flask_app.config["WTF_CSRF_ENABLED"] = False
        pages = flask_app.test_client()
        assert pages.post("/log-in", data=LOG_IN).status_code in {302, 303}
        with flask_app.test_request_context():
            self.form_columns = {item.name for item in NewNumberForm()} & set(COLUMNS)
        return pages, flask_app.test_client()

    def load(self, folder: Path, numbers: str) -> None:
        path = folder / "numbers.csv"
        path.write_text(f"kind,start,end,account\n{numbers}", "utf-8")
        load_numbers(self.system, STAFF, path)

    # the four faces

    def by_form(self, typed: dict[str, str]) -> set[Finding]:
        data: dict[str, Any] = typed | {"step": "check"}
        if typed.get("effective_date"):
            year, month, day = re.split("[-/]", typed["effective_date"])
            data["effective_date"] = [day, month, year]
        answer = self.pages.post("/numbers/new", data=data)
        assert answer.status_code == 200, answer.text[:500]
        told = [json.loads(unescape(found)) for found in re.findall(r'data-findings="([^"]*)"', answer.text)]
        return findings([one for place in told for one in place])

    def by_api(self, typed: dict[str, str]) -> set[Finding]:
        limiter.reset()
        answer = self.calls.post("/api/v1/locations/check", json=typed, headers={"Authorization": f"Bearer {self.key}"})
        assert answer.status_code == 200, answer.text
        (judged,) = answer.get_json()["judgements"]
        return findings(judged["problems"])

    def by_csv(self, path: Path) -> set[Finding]:
        """The customer's own upload of the CSV."""
        customer = Actor(LOG_IN["email"], Role.CUSTOMER, self.account)
        with path.open("rb") as stream:
            report = import_locations(self.system, customer, self.account, stream, dry_run=True)
        return findings(report.as_dict()["problems"])

    def by_import(self, path: Path) -> set[Finding]:
        return findings(self.command("import", "--dry-run", str(path))["problems"])

    def by_command(self, typed: dict[str, str]) -> set[Finding]:
        settings = [word for name, text in typed.items() if name != "number" for word in ("--set", f"{name}={text}")]
        return findings(self.command("check", *settings, "--", typed["number"])["problems"])

    def command(self, *words: str) -> dict[str, Any]:
        words = ("locations", *words[:1], "--account", str(self.account), "--json", *words[1:])
        done = CliRunner().invoke(build(serve=lambda _: None, schedule=lambda _: None), words, env=self.environ)
        assert done.exit_code in {0, 1}, done.output
        document: dict[str, Any] = json.loads(done.stdout)
        return document


def table(folder: Path, rows: list[dict[str, str]]) -> Path:
    """Write rows as a CSV with the columns that they use."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [*dict.fromkeys(name for row in rows for name in row)], restval="")
    writer.writeheader()
    writer.writerows(rows)
    path = folder / "locations.csv"
    path.write_text(text.getvalue(), "utf-8")
    return path


def of_staff(found: set[Finding]) -> set[Finding]:
    """What staff are told: they alone may say that a number comes from another provider (R10)."""
    return {one for one in found if one[0] != "R10"}


def findings(problems: list[dict[str, Any]]) -> set[Finding]:
    found = [
        (one["code"], one["field"], one["severity"], one["suggestion"], tuple(one["alternatives"])) for one in problems
    ]
    assert len(found) == len(set(found)), "no finding is told twice"
    return set(found)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def houses(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, House]]:
    folder = tmp_path_factory.mktemp("houses")
    kinds = {
        DEMO: {"ELD_DEMO": "1", "ELD_CHILD_CUPIDS": "998"},
        OWN: {"ELD_CUPID": "123", "ELD_ENVIRONMENT": "test"},
        FRESH: {"ELD_DEMO": "1"},
        BARE: {"ELD_CUPID": "123", "ELD_ENVIRONMENT": "test"},
    }
    with pytest.MonkeyPatch.context() as patch:
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(app.services.accounts, "HASHER", quick)
        made = {name: House(folder / name, kind | database(request, name)) for name, kind in kinds.items()}
        furnish(made, folder)
        yield made
    for name, house in made.items():
        house.system.database.dispose()
        if request.param == "postgresql":
            request.getfixturevalue("postgresql").run(f"DROP DATABASE faces_{name} WITH (FORCE)")


def database(request: pytest.FixtureRequest, name: str) -> dict[str, str]:
    """Where the data of a house lies: its own file, or a database of the run's server."""
    if request.param == "sqlite":
        return {}
    server = request.getfixturevalue("postgresql")
    server.run(f"CREATE DATABASE faces_{name} TEMPLATE template")
    return {"ELD_DATABASE_URL": server.url(f"faces_{name}")}


def furnish(made: dict[str, House], folder: Path) -> None:
    """Load the directory and the numbers that the table speaks of, and what is registered before it."""
    for house in (made[DEMO], made[OWN], made[FRESH]):
        with sample_directory() as path:
            load_directory(house.system, STAFF, path)
    made[DEMO].load(folder, "in_use,01632960777,,Lockside Dental\n")
    made[FRESH].load(folder, "in_use,01632960777,,Lockside Dental\n")
    with made[FRESH].system.database.unit_of_work() as work:
        work.session.execute(update(Account).where(Account.id == made[FRESH].account).values(vouched_at=None))
        work.commit()
    made[OWN].load(folder, "range,01632961000,01632961999,\n")
    demo = made[DEMO]
    before = {"01632960778": "Pennant House", "01632960781": "Crowd House", "01632960782": "Crowd House"}
    for number, premises in before.items():
        typed = SOUND | {"number": number, "premises": premises}
        register_location(demo.system, STAFF, demo.account, Location(**typed))


def typed_of(row: Row) -> dict[str, str]:
    place = ROWS.index(row)
    return SOUND | {"number": f"01632 {'960' if row.house in {DEMO, FRESH} else '961'}{500 + place}"} | row.columns


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_four_faces_say_the_same(row: Row, houses: dict[str, House], tmp_path: Path) -> None:
    house, typed = houses[row.house], typed_of(row)
    by_api = house.by_api(typed)
    assert {code for code, *_ in by_api} >= row.codes
    if not row.codes and row.name.startswith("clean"):
        assert by_api == set()
    path = table(tmp_path, [typed])
    assert house.by_csv(path) == by_api
    by_staff = of_staff(by_api)
    assert house.by_import(path) == by_staff
    if typed["number"]:  # a command without a number is about no number
        assert house.by_command(typed) == by_staff
    if set(typed) <= house.form_columns:
        assert house.by_form(typed) == by_api


def test_a_whole_table_says_what_its_rows_said_alone(houses: dict[str, House], tmp_path: Path) -> None:
    """CSV and API take many at once, and judge each as they judge it alone."""
    house = houses[DEMO]
    rows = [typed_of(row) for row in ROWS if row.house == DEMO and row.name != "a crowded address"]
    # Each at an address of its own: how many numbers share one is the only thing that others in the table change.
    rows = [
        row | {"premises": f"{row['premises']} {place}"} if row["premises"] == "Pennant House" else row
        for place, row in enumerate(rows)
    ]
    told = house.command("import", "--dry-run", str(table(tmp_path, rows)))
    answer = house.calls.post("/api/v1/locations/check", json=rows, headers={"Authorization": f"Bearer {house.key}"})
    judged = answer.get_json()["judgements"]
    assert told["rows"] == len(rows) == len(judged)
    for at, item in enumerate(judged, 1):
        in_table = findings([problem for problem in told["problems"] if problem["row"] == at])
        assert of_staff(findings(item["problems"])) == in_table, rows[at - 1]


def test_the_table_meets_every_code_that_a_location_can(houses: dict[str, House]) -> None:
    """A rule that is added has to be added here."""
    graph = grimp.build_graph("validators", cache_dir=None)
    modules = {"validators.location", *graph.find_upstream_modules("validators.location")}
    files = [ROOT.joinpath(*module.split(".")).with_suffix(".py") for module in modules]
    sources = [path.read_text("utf-8") for path in files if path.is_file()]
    known = {code for text in sources for code in re.findall(r'"([NPAGR][01]\d)"', text)}
    met = {code for row in ROWS for code, *_ in houses[row.house].by_api(typed_of(row))}
    assert known - met - set(ELSEWHERE) == set()


def test_the_form_has_most_of_the_table(houses: dict[str, House]) -> None:
    with_form = [row for row in ROWS if set(typed_of(row)) <= houses[row.house].form_columns]
    assert len(with_form) >= 40
