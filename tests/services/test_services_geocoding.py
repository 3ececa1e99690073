"""A geocoder may warn; it never refuses, never delays for long, never leaves a value of its own (G03)."""

import json
import logging
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from geocoder_server import COARSE, KINDS, LEEDS, YORK, GeocoderServer, took
from hypothesis import given
from hypothesis import strategies as st
from stage import Stage, location
from stage_opening import load_small_directory

from app.domain.actors import Actor, Role
from app.models.directory import DirectoryPostcode
from app.models.numbers import Address
from app.models.records import RecordValues
from app.services.geocoding import Act, DirectoryGeocoder, look_up, open_geocoder
from app.services.geocoding.act import MOST_FAILURES
from app.services.geocoding.query import query_of
from app.services.geocoding.wire import within
from app.services.locations.registering import check_location, register_location
from app.services.uploads import import_locations
from validators.columns import COLUMNS
from validators.directory import DirectoryEntry, MemoryDirectory

BAD = (
    "drip", "refuse", "forbid", "garbage", "other_shape", "deep", "huge", "hang_up",
)  # fmt: skip
TIMEOUT = 1.0
SMALL = 0.6  # what a busy machine adds
DIRECTORY = MemoryDirectory([DirectoryEntry("LS11 5DF", *LEEDS), DirectoryEntry("YO1 7HH", *YORK)])


@pytest.fixture(params=KINDS)
def server(request: pytest.FixtureRequest) -> Iterator[GeocoderServer]:
    opened = GeocoderServer(request.param)
    yield opened
    opened.close()


@pytest.fixture
def asking(sqlite_stage: Stage, server: GeocoderServer) -> Stage:
    """A stage whose geocoder is the server, and whose directory knows where LS11 5DF is."""
    load_small_directory(sqlite_stage)
    with sqlite_stage.system.database.unit_of_work() as work:
        for row in work.session.query(DirectoryPostcode):
            row.latitude, row.longitude = LEEDS
        work.commit()
    return with_geocoder(sqlite_stage, server.setting)


def with_geocoder(
    stage: Stage, setting: str, timeout: float = TIMEOUT, budget: float = 10.0, *, inside: bool = True
) -> Stage:
    second = type(stage.system.settings.geocoder_timeout)
    settings = replace(
        stage.system.settings,
        geocoder=setting,
        geocoder_inside=("127.0.0.1",) if inside else (),
        geocoder_timeout=second(seconds=timeout),
        geocoder_budget=second(seconds=budget),
    )
    return replace(stage, system=replace(stage.system, settings=settings))


class Written(list[dict[str, object]]):
    """What was logged. A logger that another test configured is kept by structlog and cannot be listened to."""

    def warning(self, event: str, **facts: object) -> None:
        self.append({"event": event} | facts)


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> Written:
    written = Written()
    monkeypatch.setattr("app.services.geocoding.act.log", written)
    monkeypatch.setattr("app.services.geocoding.locator.log", written)
    return written


def told(stage: Stage, place: int = 1, **columns: str) -> list[tuple[str, str, str]]:
    judged = check_location(stage.system, stage.customer, stage.account, location(place, **columns))
    assert judged.standing == "accepted"
    return [(p.code, p.field, p.severity) for p in judged.problems if p.code == "G03"]


def located(stage: Stage, **columns: str):
    locator = open_geocoder(stage.system, DIRECTORY)
    assert locator is not None
    return locator.locate(location(1, **columns))


def test_an_address_that_is_where_it_says_is_right(asking: Stage, server: GeocoderServer) -> None:
    assert located(asking) == LEEDS
    assert told(asking) == []
    assert server.strayed == []


def test_an_address_that_is_elsewhere_is_a_warning(asking: Stage, server: GeocoderServer) -> None:
    server.point = YORK
    assert told(asking) == [("G03", "postcode", "warning")]
    assert told(asking, latitude="53.7713", longitude="-1.5487") == [("G03", "latitude", "warning")]


def test_the_server_is_told_the_address_and_nothing_else(asking: Stage, server: GeocoderServer) -> None:
    named = {"title": "Dr", "forename": "Ada", "honours": "MBE", "business_suffix": "Ltd", "reference": "ORDER-77"}
    asking.register(1, **named)
    assert set(server.asked) == {"Pennant House, Dewsbury Road, Leeds, LS11 5DF"}
    assert set(server.agents) == {"emergency-location-data"}
    assert len(server.asked) == 1, "registering asks once: before the unit of work, not again in it"


def test_nothing_of_the_answer_reaches_the_record_or_the_file(asking: Stage, server: GeocoderServer) -> None:
    server.point = (53.9612345, -1.0876543)
    judged = asking.register(1)
    assert [p.code for p in judged.problems if p.code == "G03"] == ["G03"]
    asking.night()
    kept = repr([vars(row) for kind in (Address, RecordValues) for row in asking.all(kind)])
    sent = b"".join(path.read_bytes() for path in (asking.root / "outbox").iterdir()).decode()
    shown = json.dumps(asking.record(1))
    trail = asking.system.journal.read_text()
    for place in ("53.96", "1.087", "there"):
        assert place not in kept
        assert place not in sent
        assert place not in shown
        assert place not in trail
    (address,) = asking.all(Address)
    assert (address.latitude, address.longitude) == ("", "")


@pytest.mark.parametrize("behave", BAD)
def test_a_server_that_misbehaves_changes_nothing(asking: Stage, server: GeocoderServer, behave: str) -> None:
    server.point, server.behave = YORK, behave
    assert took(lambda: asking.register(1)) < TIMEOUT + SMALL
    assert asking.record(1)["wanted"]["postcode"] == "LS11 5DF"
    assert located(asking) is None


@pytest.mark.parametrize("behave", ["slow", "drip", "drip_head"])
def test_a_slow_server_is_waited_for_no_longer_than_the_timeout(
    asking: Stage, server: GeocoderServer, behave: str
) -> None:
    server.behave = behave
    quick = with_geocoder(asking, server.setting, timeout=0.3)
    assert took(lambda: quick.register(1)) < 0.3 + SMALL
    assert quick.record(1)["status"] == "waiting"


def test_a_server_that_is_down_changes_nothing(asking: Stage, server: GeocoderServer) -> None:
    setting = server.setting
    server.close()
    down = with_geocoder(asking, setting)
    assert took(lambda: down.register(1)) < TIMEOUT + SMALL
    assert down.record(1)["status"] == "waiting"


def test_a_server_inside_is_called_only_where_the_setting_names_it(asking: Stage, server: GeocoderServer) -> None:
    assert located(with_geocoder(asking, server.setting, inside=False)) is None
    assert server.asked == []
    assert told(with_geocoder(asking, server.setting, inside=False)) == []


def test_a_redirect_is_not_followed(asking: Stage, server: GeocoderServer) -> None:
    other = GeocoderServer(server.kind)
    try:
        other.point = YORK
        server.behave, server.elsewhere = "redirect", other.address
        assert located(asking) is None
        assert told(asking) == []
        server.elsewhere = "file:///etc/hostname"
        assert located(asking) is None
        assert other.asked == []
    finally:
        other.close()


@pytest.mark.parametrize(
    "point",
    [(0.0, 0.0), (48.85, 2.35), (53.35, -6.26), (float("nan"), float("nan")), (float("inf"), 0), (530.0, -1.5), None,
     ("x", "y"), (-1.5487, 53.7713)],
)  # fmt: skip
def test_an_absurd_answer_is_none(asking: Stage, server: GeocoderServer, point) -> None:
    server.point = point
    assert located(asking) is None
    assert told(asking) == []


def test_an_answer_of_a_whole_town_is_none(asking: Stage, server: GeocoderServer) -> None:
    for precision in (COARSE[server.kind], None, [], "country"):
        server.point, server.precision = YORK, precision
        assert located(asking) is None
        assert told(asking) == []


def test_after_failures_in_a_row_nothing_more_is_asked_and_the_log_says_so(
    asking: Stage, server: GeocoderServer, caplog: pytest.LogCaptureFixture, logs: Written
) -> None:
    server.behave = "refuse"
    locator = open_geocoder(asking.system, DIRECTORY)
    with caplog.at_level(logging.DEBUG):
        for house in range(10):
            assert locator.locate(location(1, premises=f"{house} Pennant House")) is None
    assert len(server.asked) == MOST_FAILURES
    assert logs == [{"event": "geocoder given up", "why": "failures in a row", "questions": MOST_FAILURES}]
    assert "Pennant" not in caplog.text
    assert "Dewsbury" not in caplog.text


def test_one_answer_in_between_and_the_count_begins_again(asking: Stage, server: GeocoderServer) -> None:
    locator = open_geocoder(asking.system, DIRECTORY)
    for house in range(9):
        server.behave = "answer" if house % 3 == 2 else "refuse"
        locator.locate(location(1, premises=f"{house} Pennant House"))
    assert len(server.asked) == 9


def test_the_same_address_is_asked_once(asking: Stage, server: GeocoderServer) -> None:
    locator = open_geocoder(asking.system, DIRECTORY)
    for place in range(5):
        assert locator.locate(location(place)) == LEEDS
    assert len(server.asked) == 1


def test_an_import_stays_within_the_budget_of_the_whole_act(asking: Stage, server: GeocoderServer) -> None:
    server.behave = "slow"
    quick = with_geocoder(asking, server.setting, timeout=0.4, budget=0.5)
    rows = [location(place, premises=f"{place} Pennant House") for place in range(1, 40)]
    lines = ["number,name,premises,thoroughfare,post_town,postcode"]
    lines += [f"{r.number},{r.name},{r.premises},{r.thoroughfare},{r.post_town},{r.postcode}" for r in rows]
    path = quick.root / "rows.csv"
    path.write_text("\n".join(lines), "utf-8")
    with path.open("rb") as stream:
        began = time.monotonic()
        report = import_locations(quick.system, quick.customer, quick.account, stream)
        lasted = time.monotonic() - began
    assert (report.accepted, report.saved) == (39, True)
    assert lasted < 0.5 + 2 * SMALL
    assert 1 <= len(server.asked) <= 2


def test_credentials_in_the_address_sign_the_question(asking: Stage, server: GeocoderServer) -> None:
    setting = server.setting.replace("://", "://cp:s%40crit@")
    assert located(with_geocoder(asking, setting)) == LEEDS
    assert server.signs[-1] == "Basic Y3A6c0Bjcml0"


@pytest.mark.parametrize(
    "address", ["nominatim:http://", "photon:https://host:99999/x", "pelias:http://host/?api_key=1", "osm:http://host"]
)
def test_an_address_that_cannot_be_used_is_said_once_and_nothing_is_asked(
    sqlite_stage: Stage, address: str, logs: Written
) -> None:
    assert open_geocoder(with_geocoder(sqlite_stage, address).system, DIRECTORY) is None
    assert [entry["event"] for entry in logs] == ["geocoder given up"]
    assert "api_key" not in repr(logs)


def test_off_asks_nobody(sqlite_stage: Stage) -> None:
    off = with_geocoder(sqlite_stage, "off")
    assert open_geocoder(off.system, DIRECTORY) is None
    assert look_up(off.system, [location(1)]).questions == 0


def test_the_local_directory_finds_the_postcode_in_an_address() -> None:
    geocoder = DirectoryGeocoder(DIRECTORY)
    found = geocoder.geocode("1 High Street, Leeds, ls115df")
    assert (found.latitude, found.longitude) == LEEDS
    assert geocoder.geocode("1 High Street, Leeds") is None
    assert geocoder.geocode("Leeds, LS1 1AA") is None
    both = geocoder.geocode("Unit YO1 7HH, Leeds, LS11 5DF", exactly_one=False)
    assert [place.address for place in both] == ["YO1 7HH", "LS11 5DF"]


def test_a_floor_is_no_postcode() -> None:
    birmingham = DirectoryGeocoder(
        MemoryDirectory([DirectoryEntry("B1 2ND", *YORK), DirectoryEntry("LS11 5DF", *LEEDS)])
    )
    assert birmingham.geocode("Block B1 2nd Floor, Leeds, LS11 5DF").address == "LS11 5DF"
    assert birmingham.geocode("1 Broad Street, Birmingham, B1 2ND").address == "B1 2ND"


def test_the_local_directory_warns_of_a_second_postcode_alone(sqlite_stage: Stage) -> None:
    local = with_geocoder(sqlite_stage, "directory")
    assert open_geocoder(local.system, None) is None
    locator = open_geocoder(local.system, DIRECTORY)

    def located(**columns: str) -> tuple[float, float] | None:
        return locator.locate(location(1, **columns))

    assert located() is None, "the postcode's own centre says nothing"
    assert located(locality="YO1 7HH") == YORK
    assert located(locality="LS11 5DF") == LEEDS


def test_a_customer_and_the_command_line_are_told_the_same(asking: Stage, server: GeocoderServer) -> None:
    server.point = YORK
    customer = register_location(asking.system, asking.customer, asking.account, location(1))
    cli = check_location(asking.system, Actor("cli", Role.OPERATIONS), asking.account, location(2))
    assert [p.message for p in customer.problems if p.code == "G03"] == [
        p.message for p in cli.problems if p.code == "G03"
    ]


texts = st.text(st.characters(codec="utf-8"), max_size=40)


@given(st.fixed_dictionaries(dict.fromkeys(COLUMNS, texts)))
def test_a_name_never_leaves(columns: dict[str, str]) -> None:
    secrets = dict.fromkeys(
        ("number", "name", "title", "forename", "honours", "business_suffix", "reference", "organisation", "uprn"),
        "SECRET",
    )
    typed = {name: text.replace("SECRET", "") for name, text in columns.items()}
    query = query_of(replace(location(1), **(typed | secrets)), "LS11 5DF")
    assert "SECRET" not in query
    assert len(query) < 320


@given(st.lists(st.tuples(st.text(max_size=3), st.floats(0, 5), st.booleans()), max_size=30))
def test_an_act_never_spends_more_than_it_may(questions: list[tuple[str, float, bool]]) -> None:
    now = 0.0
    act = Act(timeout=2.0, budget=5.0, clock=lambda: now)

    for query, length, fails in questions:

        def question(_: str, seconds: float, length: float = length, *, fails: bool = fails):
            nonlocal now
            assert 0 < seconds <= 2.0
            now += min(length, seconds)
            if fails or length > seconds:
                raise TimeoutError
            return LEEDS

        act.ask(query, question)
    assert now <= 5.0 + 1e-6


def test_a_late_answer_is_left_behind() -> None:
    with pytest.raises(TimeoutError):
        within(0.05, lambda: time.sleep(0.3))
    assert within(1.0, lambda: None) is None
    with pytest.raises(ZeroDivisionError):
        within(1.0, lambda: 1 / 0)
