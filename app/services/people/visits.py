"""Where somebody comes from and with what, as a face learns it from the request."""

import ipaddress
from dataclasses import dataclass

# The first that fits: what comes later is also claimed by those before it.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
PLACES = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "a Mac"),
    ("CrOS", "a Chromebook"),
    ("Linux", "Linux"),
)
IPV6_HOME_BITS = 64


@dataclass(frozen=True)
class Visit:
    """One request: the network address, the User-Agent header, and the token of a device that was here before."""

    origin: str
    agent: str = ""
    device_token: str = ""

    @property
    def address(self) -> str:
        """Return the network address where it is one, else nothing: it is kept in columns for addresses."""
        try:
            return str(ipaddress.ip_address(self.origin))
        except ValueError:
            return ""

    @property
    def source(self) -> str:
        """Return who is slowed down together: an address, or in IPv6 the 64 bits that one customer gets."""
        try:
            found = ipaddress.ip_address(self.origin)
        except ValueError:
            return "elsewhere"
        if isinstance(found, ipaddress.IPv6Address):
            if found.ipv4_mapped is not None:
                return str(found.ipv4_mapped)
            return str(ipaddress.ip_network((found, IPV6_HOME_BITS), strict=False))
        return str(found)

    @property
    def device(self) -> str:
        """Return the kind of device in words: `Firefox on Windows`. Nothing else of the header is kept."""
        browser = next((name for mark, name in BROWSERS if mark in self.agent), "")
        place = next((name for mark, name in PLACES if mark in self.agent), "")
        if not browser and not place:
            return "an unknown device"
        return f"{browser or 'a browser'} on {place or 'an unknown device'}"
