"""Whether a post town is one of those in the area of the postcode (A06)."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

from validators.findings import Finding, review
from validators.gazetteer import (
    PostTown,
    PostTowns,
    PostTownsFault,
    TableFault,
    compared,
    forms_of,
    nearest,
    read_post_towns,
    shipped_post_towns,
)

__all__ = [
    "PostTown",
    "PostTowns",
    "PostTownsFault",
    "TableFault",
    "check_post_town",
    "compared",
    "read_post_towns",
    "shipped_post_towns",
]

_RESEMBLES = 60.0  # below it a likeness says nothing
_SHORT = 8  # letters; a shorter name is a slip of another only where one letter differs
_MOST_ALTERNATIVES = 3
_MOST_NAMED = 8
_MOST_WORDS = 12  # what is longer is no town, and every phrase of it would be tried
# Where nothing typed resembles a town, the place is most often a part of the largest.
_LARGEST: Mapping[str, str] = dict(
    re.findall(
        r"([A-Z]{1,2}) ([A-Z .-]+)",
        """
        AB ABERDEEN, AL ST. ALBANS, B BIRMINGHAM, BA BATH, BB BLACKBURN, BD BRADFORD, BH BOURNEMOUTH, BL BOLTON,
        BN BRIGHTON, BR BROMLEY, BS BRISTOL, BT BELFAST, CA CARLISLE, CB CAMBRIDGE, CF CARDIFF, CH CHESTER,
        CM CHELMSFORD, CO COLCHESTER, CR CROYDON, CT CANTERBURY, CV COVENTRY, CW CREWE, DA DARTFORD, DD DUNDEE,
        DE DERBY, DG DUMFRIES, DH DURHAM, DL DARLINGTON, DN DONCASTER, DT DORCHESTER, DY DUDLEY, E LONDON, EC LONDON,
        EH EDINBURGH, EN ENFIELD, EX EXETER, FK FALKIRK, FY BLACKPOOL, G GLASGOW, GL GLOUCESTER, GU GUILDFORD,
        GY GUERNSEY, HA HARROW, HD HUDDERSFIELD, HG HARROGATE, HP HEMEL HEMPSTEAD, HR HEREFORD, HS STORNOWAY, HU HULL,
        HX HALIFAX, IG ILFORD, IM ISLE OF MAN, IP IPSWICH, IV INVERNESS, JE JERSEY, KA KILMARNOCK,
        KT KINGSTON UPON THAMES, KW KIRKWALL, KY KIRKCALDY, L LIVERPOOL, LA LANCASTER, LD LLANDRINDOD WELLS,
        LE LEICESTER, LL WREXHAM, LN LINCOLN, LS LEEDS, LU LUTON, M MANCHESTER, ME ROCHESTER, MK MILTON KEYNES,
        ML MOTHERWELL, N LONDON, NE NEWCASTLE UPON TYNE, NG NOTTINGHAM, NN NORTHAMPTON, NP NEWPORT, NR NORWICH,
        NW LONDON, OL OLDHAM, OX OXFORD, PA PAISLEY, PE PETERBOROUGH, PH PERTH, PL PLYMOUTH, PO PORTSMOUTH, PR PRESTON,
        RG READING, RH REDHILL, RM ROMFORD, S SHEFFIELD, SA SWANSEA, SE LONDON, SG STEVENAGE, SK STOCKPORT, SL SLOUGH,
        SM SUTTON, SN SWINDON, SO SOUTHAMPTON, SP SALISBURY, SR SUNDERLAND, SS SOUTHEND-ON-SEA, ST STOKE-ON-TRENT,
        SW LONDON, SY SHREWSBURY, TA TAUNTON, TD GALASHIELS, TF TELFORD, TN TUNBRIDGE WELLS, TQ TORQUAY, TR TRURO,
        TS MIDDLESBROUGH, TW TWICKENHAM, UB SOUTHALL, W LONDON, WA WARRINGTON, WC LONDON, WD WATFORD, WF WAKEFIELD,
        WN WIGAN, WR WORCESTER, WS WALSALL, WV WOLVERHAMPTON, YO YORK, ZE SHETLAND
        """,
    )
)


@lru_cache(maxsize=1 << 16)
def check_post_town(post_town: str, area: str | None, towns: PostTowns) -> tuple[Finding, ...]:
    """Ask for review where a post town is not one of the postcode's area (A06); blank is A01's, no area P01's.

    Names are compared whole by rapidfuzz's `ratio`: one letter more or less passes from five letters on, another
    letter from ten on, so that Hall never passes for Hull. The exact name of a town elsewhere is no slip.
    """
    forms = tuple(forms_of(post_town))
    if not forms or area is None or not towns.covers(area):
        return ()
    names = towns.names(area)
    elsewhere = next((towns.areas_by_name[form] for form in forms if form in towns.areas_by_name), None)
    if any(form in names or (not elsewhere and nearest(form, names)) for form in forms):
        return ()
    key = forms[-1]
    meant = None if elsewhere else _meant(post_town, key, names)
    likely = tuple(town for town in _likely(key, area, towns) if town != meant)[:_MOST_ALTERNATIVES]
    message = _message(area, towns.towns(area), sorted(elsewhere or ()), meant, likely)
    return (review("A06", "post_town", message, suggestion=meant, alternatives=likely),)


def _meant(post_town: str, key: str, names: Mapping[str, str]) -> str | None:
    """Tell the town that was mistyped, or that stands among other words: Nr Hexham."""
    words = [compared(word) for word in post_town.replace("-", " ").split()[:_MOST_WORDS]]
    phrases = {"".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, len(words) + 1)}
    inside = max(phrases & names.keys(), key=len, default=None)
    if inside:
        return names[inside]
    furthest = 1 if len(key) < _SHORT else 2
    near = process.extractOne(key, names.keys(), scorer=OSA.distance, score_cutoff=furthest)
    return names[near[0]] if near else None


def _likely(key: str, area: str, towns: PostTowns) -> tuple[str, ...]:
    """Order the towns that may have been meant: those that read alike, then the largest; all where they are few."""
    names = towns.names(area)
    alike = process.extract(key, names.keys(), scorer=ratio, limit=_MOST_ALTERNATIVES + 1, score_cutoff=_RESEMBLES)
    known = towns.towns(area)
    likely = [names[name] for name, _, _ in alike] + [town for town in known if town == _LARGEST.get(area)]
    return tuple(dict.fromkeys([*likely, *(known if len(known) <= _MOST_ALTERNATIVES else ())]))


def _message(
    area: str, known: tuple[str, ...], elsewhere: list[str], meant: str | None, likely: tuple[str, ...]
) -> str:
    kept = "If you keep it as it is, a person will check it first."
    if meant:
        return f"No post town of {area} postcodes is spelt like this; it may be {meant}. Correct it. {kept}"
    if elsewhere:
        return (
            f"This post town has {_listed(elsewhere, 'or')} postcodes, not {area}. Check the postcode; if it is right,"
            f" enter the post town that goes with it: {_choice(known, likely)}. {kept}"
        )
    return (
        f"This is not a post town of {area} postcodes. Enter {_choice(known, likely)}, and put a village or district in"
        f" locality; or check the postcode. {kept}"
    )


def _choice(known: tuple[str, ...], likely: tuple[str, ...]) -> str:
    """Name all towns of an area, or the likely ones where they would be too many to read."""
    if len(known) <= _MOST_NAMED:
        return _listed(known, "or")
    return f"{', '.join(likely or known[:_MOST_ALTERNATIVES])} or another of the {len(known)} towns of the area"


def _listed(names: Iterable[str], word: str) -> str:
    *most, last = names
    return f"{', '.join(most)} {word} {last}" if most else last
