"""Where an address lies: one question, whichever kind of geocoder answers it."""

from collections.abc import Callable, Iterable
from math import isfinite

import structlog

from app.services.geocoding.act import Act
from app.services.geocoding.directory import DirectoryGeocoder, names_a_postcode, postcodes_in
from app.services.geocoding.query import query_of
from app.services.geocoding.servers import server_question
from app.services.system import System
from app.settings import Settings
from validators.columns import Location
from validators.directory import Directory
from validators.outline import in_united_kingdom
from validators.places import Point
from validators.postcodes import parse_postcode

OFF, DIRECTORY = "off", "directory"
Locate = Callable[[str], Point | None]
log = structlog.get_logger()


class Locator:
    """Says where addresses lie, for one act; never raises, and never takes longer than the act may."""

    def __init__(
        self, locate: Locate, *, remote: bool, worth_asking: Callable[[Location], bool] = lambda _: True
    ) -> None:
        self._locate = locate
        self._worth_asking = worth_asking
        self.remote = remote

    def locate(self, location: Location) -> Point | None:
        """Return where the address lies, in degrees (WGS84); None where that is not known, or absurd."""
        if not self._worth_asking(location):
            return None
        query = query_of(location, parse_postcode(location.postcode).postcode)
        found = self._locate(query) if query else None
        if found is None or not all(map(isfinite, found)) or not in_united_kingdom(*found):
            return None
        return found

    def look_up(self, locations: Iterable[Location]) -> None:
        """Ask a server about all of these now, so that nothing is kept waiting for it later in the act."""
        if self.remote:
            for location in locations:
                self.locate(location)


def open_geocoder(system: System, directory: Directory | None, act: Act | None = None) -> Locator | None:
    """Return what locates addresses by the setting, or None where nothing does.

    `act` carries what was asked already in the same act: its answers, and the time that is left.
    """
    setting = system.settings.geocoder
    if setting == OFF:
        return None
    if setting == DIRECTORY:
        return (
            None
            if directory is None
            else Locator(_in_directory(directory), remote=False, worth_asking=names_a_postcode)
        )
    question = server_question(setting, system.settings.geocoder_inside)
    if question is None:
        log.warning("geocoder given up", why="the address in ELD_GEOCODER cannot be used", questions=0)
        return None
    asked = act or new_act(system.settings)
    return Locator(lambda query: asked.ask(query, question), remote=True)


def new_act(settings: Settings) -> Act:
    """Return the beginning of an act: nothing asked, nothing spent."""
    return Act(settings.geocoder_timeout.total_seconds(), settings.geocoder_budget.total_seconds())


def look_up(system: System, locations: Iterable[Location]) -> Act:
    """Ask about addresses before a unit of work opens; nobody waits for a server with rows locked."""
    act = new_act(system.settings)
    locator = open_geocoder(system, None, act)
    if locator is not None:
        locator.look_up(locations)
    return act


def _in_directory(directory: Directory) -> Locate:
    geocoder = DirectoryGeocoder(directory)

    def locate(query: str) -> Point | None:
        if len(postcodes_in(query)) <= 1:
            return None  # the postcode's own centre: no more than is known already
        found = geocoder.geocode(query)
        return None if found is None else (found.latitude, found.longitude)

    return locate
