"""The table of what may be shortened in a field that is too long, and how the fewest are chosen."""

import re
from dataclasses import dataclass

# The project's own table, in the order in which one shortening is preferred to another: first what every
# crew reads without a thought, last what costs a moment. Left: as written; right: as sent.
ABBREVIATIONS: tuple[tuple[str, str], ...] = (
    ("Public Limited Company", "plc"),
    ("Limited Liability Partnership", "LLP"),
    ("NHS Foundation Trust", "NHS FT"),
    ("Industrial Estate", "Ind Est"),
    ("Industrial Park", "Ind Pk"),
    ("Trading Estate", "Trdg Est"),
    ("Business Park", "Bus Pk"),
    ("Retail Park", "Ret Pk"),
    ("Science Park", "Sci Pk"),
    ("Technology Park", "Tech Pk"),
    ("Enterprise Park", "Ent Pk"),
    ("Enterprise Centre", "Ent Ctr"),
    ("Business Centre", "Bus Ctr"),
    ("Shopping Centre", "Shop Ctr"),
    ("Medical Centre", "Med Ctr"),
    ("Health Centre", "Hlth Ctr"),
    ("Leisure Centre", "Leis Ctr"),
    ("Community Centre", "Comm Ctr"),
    ("Limited", "Ltd"),
    ("Company", "Co"),
    ("and", "&"),
    ("Street", "St"),
    ("Road", "Rd"),
    ("Avenue", "Ave"),
    ("Lane", "La"),
    ("Drive", "Dr"),
    ("Close", "Cl"),
    ("Crescent", "Cres"),
    ("Square", "Sq"),
    ("Place", "Pl"),
    ("Terrace", "Terr"),
    ("Gardens", "Gdns"),
    ("Grove", "Gr"),
    ("Court", "Ct"),
    ("Boulevard", "Blvd"),
    ("Promenade", "Prom"),
    ("Esplanade", "Espl"),
    ("Embankment", "Emb"),
    ("Causeway", "Cswy"),
    ("Highway", "Hwy"),
    ("Roundabout", "Rdbt"),
    ("Meadows", "Mdws"),
    ("Parade", "Pde"),
    ("Park", "Pk"),
    ("Estate", "Est"),
    ("Mount", "Mt"),
    ("Saint", "St"),
    ("Buildings", "Bldgs"),
    ("Building", "Bldg"),
    ("House", "Hse"),
    ("Apartments", "Apts"),
    ("Apartment", "Apt"),
    ("Mansions", "Mans"),
    ("Chambers", "Chmbrs"),
    ("Warehouse", "Whse"),
    ("Workshop", "Wkshp"),
    ("Floor", "Flr"),
    ("Ground", "Gnd"),
    ("Basement", "Bsmt"),
    ("Department", "Dept"),
    ("Centre", "Ctr"),
    ("Hospital", "Hosp"),
    ("University", "Univ"),
    ("Station", "Stn"),
    ("Railway", "Rly"),
    ("Church", "Ch"),
    ("School", "Sch"),
    ("Cottages", "Cotts"),
    ("Cottage", "Cott"),
    ("Junction", "Jct"),
    ("Industrial", "Ind"),
    ("Business", "Bus"),
    ("Association", "Assoc"),
    ("Brothers", "Bros"),
    ("Corporation", "Corp"),
    ("Council", "Cncl"),
    ("Partnership", "Pship"),
    ("Holdings", "Hldgs"),
    ("Group", "Grp"),
    ("Division", "Div"),
    ("Incorporated", "Inc"),
    ("International", "Intl"),
    ("Manufacturing", "Mfg"),
    ("Engineering", "Eng"),
    ("Construction", "Constr"),
    ("Electrical", "Elec"),
    ("Technology", "Tech"),
    ("Developments", "Devts"),
    ("Properties", "Props"),
    ("Distribution", "Distn"),
    ("National", "Natl"),
    ("Services", "Svcs"),
    ("Solutions", "Solns"),
    ("Systems", "Sys"),
    ("Management", "Mgmt"),
    ("Headquarters", "HQ"),
    ("Northern", "Nthn"),
    ("Southern", "Sthn"),
    ("North", "N"),
    ("South", "S"),
    ("East", "E"),
    ("West", "W"),
    ("Great", "Gt"),
    ("Little", "Lt"),
    ("Upper", "Upr"),
    ("Lower", "Lwr"),
)
_RANKS = {long.casefold(): (rank, short) for rank, (long, short) in enumerate(ABBREVIATIONS)}
# Longest first, so that an Industrial Estate is one replacement and not two; whole words only, and the
# parts of a name like Stratford-upon-Park or St John's are left in peace.
_PHRASES = re.compile(
    r"(?<![\w'-])(?:" + "|".join(map(re.escape, sorted(_RANKS, key=len, reverse=True))) + r")(?![\w'-])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Shortening:
    """One place in a text that may be shortened: where it is, its rank in the table and the shorter form."""

    start: int
    end: int
    rank: int
    short: str

    @property
    def saving(self) -> int:
        """The characters won."""
        return self.end - self.start - len(self.short)


def abbreviate(text: str, limit: int) -> str:
    """Shorten a text with as few replacements as make it fit, in the table's order where there is a choice.

    A text that fits comes back as it is; one that cannot be made to fit comes back with every replacement
    made, longer than `limit`: nothing is ever cut.
    """
    excess = len(text) - limit
    if excess <= 0:
        return text
    chosen = _fewest(_shortenings(text), excess)
    for shortening in sorted(chosen, key=lambda s: s.start, reverse=True):
        text = text[: shortening.start] + shortening.short + text[shortening.end :]
    return text


def _shortenings(text: str) -> list[Shortening]:
    """Find every place that may be shortened, in the table's order, then from left to right."""
    places = []
    for match in _PHRASES.finditer(text):
        rank, short = _RANKS[match[0].casefold()]
        places.append(Shortening(match.start(), match.end(), rank, short.upper() if match[0].isupper() else short))
    return sorted(places, key=lambda place: (place.rank, place.start))


def _fewest(places: list[Shortening], excess: int) -> list[Shortening]:
    """Choose the smallest number of places that win `excess` characters; the earliest of these in order."""
    largest_first = sorted((place.saving for place in places), reverse=True)
    if sum(largest_first) < excess:
        return places
    count = next(n for n in range(1, len(places) + 1) if sum(largest_first[:n]) >= excess)
    chosen: list[Shortening] = []
    for index, place in enumerate(places):
        if len(chosen) == count:
            break
        # Take this place if the best of those after it can win what would then still be missing.
        after = sorted((later.saving for later in places[index + 1 :]), reverse=True)
        if place.saving + sum(after[: count - len(chosen) - 1]) >= excess:
            chosen.append(place)
            excess -= place.saving
    return chosen
