"""Settings that hold more than one value, or the address of a server."""

import pytest

from app.errors import Misconfigured
from app.settings import load_settings


def load(**given):
    return load_settings({"ELD_DEMO": "1"} | {f"ELD_{name.upper()}": value for name, value in given.items()})


def test_several_values_are_read_and_written_as_they_may_be_given():
    settings = load(child_cupids="124, 125 126", range_holders="Hartwell Telecom Ltd=123; Sextant=124 ;")
    assert settings.child_cupids == ("124", "125", "126")
    assert settings.range_holders == (("Hartwell Telecom Ltd", "123"), ("Sextant", "124"))
    shown = {name: value for name, value, _ in settings.listing()}
    assert shown["ELD_CHILD_CUPIDS"] == "124, 125, 126"
    assert shown["ELD_RANGE_HOLDERS"] == "Hartwell Telecom Ltd=123; Sextant=124"
    again = load(child_cupids=shown["ELD_CHILD_CUPIDS"], range_holders=shown["ELD_RANGE_HOLDERS"])
    assert again == settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("child_cupids", "12"),
        ("child_cupids", "124;125"),
        ("range_holders", "Hartwell Telecom Ltd"),
        ("range_holders", "Hartwell=12"),
        ("geocoder", "nominatim"),
        ("geocoder", "google:https://maps.example"),
        ("geocoder", "photon:ftp://maps.example"),
        ("geocoder", "pelias:https://maps.example/v1?key=1"),
        ("distance_km", "0"),
        ("review_due", "0"),
        ("port_overdue", "many"),
    ],
)
def test_what_cannot_be_read_is_named(name, value):
    with pytest.raises(Misconfigured, match=f"ELD_{name.upper()}: "):
        load(**{name: value})


def test_none_given_is_none():
    settings = load()
    assert (settings.child_cupids, settings.range_holders, settings.geocoder) == ((), (), "directory")
