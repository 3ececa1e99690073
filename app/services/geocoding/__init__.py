"""Where an address lies by another's map: asked about, never taken over (G03)."""

from app.services.geocoding.act import Act
from app.services.geocoding.directory import DirectoryGeocoder
from app.services.geocoding.locator import Locator, look_up, open_geocoder

__all__ = ["Act", "DirectoryGeocoder", "Locator", "look_up", "open_geocoder"]
