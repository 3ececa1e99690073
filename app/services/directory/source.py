"""Which of the known directories a path holds, told by what is in it."""

from pathlib import Path

from app.errors import Refused
from app.services.directory.code_point import CodePointOpen
from app.services.directory.container import open_container
from app.services.directory.data_package import DataPackage
from app.services.directory.directory_csv import DirectoryCsv
from app.services.directory.faults import source_problem
from app.services.directory.onspd import Onspd
from app.services.directory.rows import Source

KNOWN: tuple[type[CodePointOpen | Onspd | DirectoryCsv], ...] = (CodePointOpen, Onspd, DirectoryCsv)


def open_source(path: Path | None, *, northern_ireland: bool = False) -> Source:
    """Open the directory at `path`, or the optional data package where none is given.

    Raises Refused for anything that is not Code-Point Open, ONSPD or a CSV as in samples/directory.csv.
    """
    if path is None:
        return DataPackage(northern_ireland=northern_ireland)
    container = open_container(path)
    if not container.names():
        raise Refused([source_problem("D04", "there is nothing in it", container.label)])
    for kind in KNOWN:
        if kind.recognises(container):
            return kind(container)
    told = (
        "this is no postcode directory that can be read: a Code-Point Open zip or folder has Data/CSV/*.csv; "
        "an ONSPD CSV or zip has the columns pcds, doterm, usertype, oseast1m, osnrth1m; "
        "a CSV of one's own has postcode, latitude, longitude"
    )
    raise Refused([source_problem("D01", told, container.label)])
