"""One realistic fault in a clean location: what people do to postcodes, numbers, names and dates.

Each kind names the code that the rules give it, and the right value where there is one.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from validators.columns import Location
from validators.postcodes import parse_postcode

LOOKALIKES = {"0": "O", "1": "I", "5": "S", "2": "Z", "8": "B", "O": "0", "I": "1", "S": "5", "Z": "2", "B": "8"}
KEYS = ("QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM")
COUNTIES = ("West Midlands", "Kent", "Lothian", "Gwynedd", "Greater Manchester", "North Yorkshire")
DUMMIES = ("TBC", "n/a", "N/A", "unknown", "test", "asdf", "none", "xxx", "see notes", "same as above", "tba")
LONG = "The Benevolent Society of Thimble Makers, Lantern Bearers and Quarry Masters of Greater Sexton"
FROM_ELSEWHERE = {"Leeds": "Plymouth", "Plymouth": "Inverness", "London": "Glasgow"}


@dataclass(frozen=True)
class Faulty:
    """A location with one fault; `right` must be among the first three values that are offered."""

    kind: str
    location: Location
    code: str
    right: str | None = None


@dataclass(frozen=True)
class Known:
    """What the faults need to know to be faults: the directory's postcodes, and the day."""

    postcodes: Collection[str]
    today: date


Fault = Callable[[Location, Random, Known], Faulty | None]
FAULTS: dict[str, Fault] = {}


def fault(kind: str) -> Callable[[Fault], Fault]:
    """Put a kind of fault on the list."""

    def put(make: Fault) -> Fault:
        FAULTS[kind] = make
        return make

    return put


def changed(kind: str, code: str, right: str | None = None, **columns: str) -> Fault:
    """Put a kind on the list that replaces whole columns."""
    return fault(kind)(lambda clean, _random, _known: Faulty(kind, replace(clean, **columns), code, right))


def _normal(clean: Location) -> str:
    return str(parse_postcode(clean.postcode).postcode)


def _with_postcode(kind: str, clean: Location, typed: str, code: str, *, right: bool) -> Faulty:
    return Faulty(kind, replace(clean, postcode=typed), code, _normal(clean) if right else None)


@fault("a letter typed for a digit, or a digit for a letter")
def lookalike(clean: Location, random: Random, known: Known) -> Faulty | None:
    """O for 0, S for 5 and the like, where that leaves no postcode."""
    postcode = _normal(clean)
    made = [
        postcode[:at] + LOOKALIKES[char] + postcode[at + 1 :] for at, char in enumerate(postcode) if char in LOOKALIKES
    ]
    broken = [typed for typed in made if parse_postcode(typed).postcode is None]
    return _with_postcode("lookalike", clean, random.choice(broken), "P02", right=True) if broken else None


@fault("two characters of the postcode have changed places")
def swapped(clean: Location, random: Random, known: Known) -> Faulty | None:
    """A swap that gives a postcode which does not exist."""
    postcode = _normal(clean)
    made = {postcode[:at] + postcode[at + 1] + postcode[at] + postcode[at + 2 :] for at in range(len(postcode) - 1)}
    good = sorted(typed for typed in made if parse_postcode(typed).postcode == typed and typed not in known.postcodes)
    return _with_postcode("swapped", clean, random.choice(good), "P03", right=True) if good else None


@fault("the key beside the right one, in the postcode")
def key_beside(clean: Location, random: Random, known: Known) -> Faulty | None:
    """One of its last two letters, hit beside, where that gives a postcode which does not exist."""
    postcode = _normal(clean)
    made = [
        postcode[:at] + row[place] + postcode[at + 1 :]
        for row in KEYS
        for at in (len(postcode) - 2, len(postcode) - 1)
        if postcode[at] in row
        for place in (row.index(postcode[at]) - 1, row.index(postcode[at]) + 1)
        if 0 <= place < len(row)
    ]
    good = [typed for typed in made if parse_postcode(typed).postcode == typed and typed not in known.postcodes]
    return _with_postcode("key_beside", clean, random.choice(good), "P03", right=True) if good else None


@fault("a postcode that does not exist")
def unknown(clean: Location, random: Random, known: Known) -> Faulty | None:
    """A new building, or an invention."""
    postcode = _normal(clean)
    made = [f"{postcode[:-2]}{first}{second}" for first in "ABDEFGHJLNPQRSTUWXYZ" for second in "ABDEFGHJLNPQRSTUWXYZ"]
    good = [typed for typed in made if typed not in known.postcodes]
    return _with_postcode("unknown", clean, random.choice(good), "P03", right=False) if good else None


@fault("a character of the postcode is missing")
def cut(clean: Location, random: Random, known: Known) -> Faulty | None:
    """The last letter is lost."""
    return _with_postcode("cut", clean, _normal(clean)[:-1], "P01", right=False)


@fault("a postcode where nobody can be")
def pseudo(clean: Location, random: Random, known: Known) -> Faulty | None:
    """Mail-sorting codes, forces post and overseas territories."""
    typed = random.choice(("BX1 1LT", "GIR 0AA", "BF1 2AY", "ASCN 1ZZ", "XX10 1AA", "ZZ99 3VZ", "BFPO 58"))
    return _with_postcode("pseudo", clean, typed, "P05", right=False)


@fault("a postcode of the Crown dependencies")
def crown(clean: Location, random: Random, known: Known) -> Faulty | None:
    """Jersey, Guernsey, Isle of Man."""
    return _with_postcode("crown", clean, random.choice(("JE2 3AB", "GY1 1AA", "IM1 1AE")), "P06", right=False)


@fault("the post town is misspelt")
def misspelt_town(clean: Location, random: Random, known: Known) -> Faulty | None:
    """Two slips: a short name would say nothing then, a long one would still be plain."""
    town = clean.post_town.title()
    if not 5 < len(town) < 14 or " " in town:
        return None
    at = random.randrange(1, len(town) - 3)
    typed = town[:at] + town[at + 1] + town[at] + town[at + 2 : -1]
    return Faulty("misspelt_town", replace(clean, post_town=typed), "A06", town.upper())


@fault("the post town of another place")
def other_town(clean: Location, random: Random, known: Known) -> Faulty | None:
    """A town far away from the postcode."""
    town = FROM_ELSEWHERE.get(clean.post_town.title(), "Leeds")
    return Faulty("other_town", replace(clean, post_town=town), "A06")


@fault("the county for the post town")
def county(clean: Location, random: Random, known: Known) -> Faulty | None:
    """What many forms ask for, and no post town."""
    return Faulty("county", replace(clean, post_town=random.choice(COUNTIES)), "A06")


@fault("a dummy for an answer")
def dummy(clean: Location, random: Random, known: Known) -> Faulty | None:
    """What people type to get past a form."""
    field = random.choice(("name", "premises", "thoroughfare", "post_town"))
    text = random.choice(DUMMIES)
    return Faulty("dummy", replace(clean, **{field: text}), "A05")


changed("no house", "A01", premises="")
changed("no name", "A01", name="")
changed("no post town", "A01", post_town="")
changed("neither street nor locality", "A01", thoroughfare="", locality="")
changed("only digits for the street", "A05", thoroughfare="47")


@fault("the house number at the front of the street")
def house_in_street(clean: Location, random: Random, known: Known) -> Faulty | None:
    """Premises left blank."""
    number = str(random.randrange(1, 200))
    typed = replace(clean, premises="", thoroughfare=f"{number} {clean.thoroughfare}")
    return Faulty("house_in_street", typed, "A01", number)


@fault("a PO box")
def po_box(clean: Location, random: Random, known: Known) -> Faulty | None:
    """In its spellings."""
    text = random.choice(("PO Box 123", "P.O. Box 7", "POBox 99", "P O Box 12", "PO BOX No 4", "Post Office Box 31"))
    return Faulty("po_box", replace(clean, premises=text), "A04")


@fault("the flat stands in the name")
def flat_in_name(clean: Location, random: Random, known: Known) -> Faulty | None:
    """And not in premises, where the crew looks."""
    flat, number = f"Flat {random.randrange(1, 30)}", str(random.randrange(1, 200))
    typed = replace(clean, name=f"{flat}, {clean.name}", premises=number)
    return Faulty("flat_in_name", typed, "A08", f"{flat}, {number}")


@fault("a unit alone")
def unit_alone(clean: Location, random: Random, known: Known) -> Faulty | None:
    """Without the name of the estate or the building."""
    return Faulty("unit_alone", replace(clean, premises=f"Unit {random.randrange(1, 40)}"), "A07")


changed("a name too long", "A02", name=LONG)
changed("no 999 over VoIP acknowledged", "R02", line_type="VOIP")
changed("a line type that is none", "R05", line_type="FAX")
changed("a user abroad", "R03", outside_uk="yes")
changed("coordinates abroad", "G01", latitude="48.8566", longitude="2.3522")
changed("coordinates changed over", "G01", latitude="-1.5491", longitude="53.7997")
changed("a short code for the number", "N07", number="999")
changed("a premium number", "N07", number="0909 879 0123")
changed("a number of another country", "N01", number="+33 1 99 00 12 34")
changed("a number for films", "N03", number="01632 960123")
changed("a number of another provider", "N04", number="0113 000 0123")


@fault("coordinates far from the postcode")
def far_off(clean: Location, random: Random, known: Known) -> Faulty | None:
    """In the middle of the country, and that is nowhere near."""
    return Faulty("far_off", replace(clean, latitude="54.0000", longitude="-2.4000"), "G02")


@fault("the 0 in front of the number lost in a spreadsheet")
def zero_lost(clean: Location, random: Random, known: Known) -> Faulty | None:
    """The whole number is plain."""
    digits = clean.number.replace(" ", "")
    return Faulty("zero_lost", replace(clean, number=digits.removeprefix("0")), "N01", digits)


@fault("a digit of the number is missing")
def digit_lost(clean: Location, random: Random, known: Known) -> Faulty | None:
    """Nobody can know which."""
    return Faulty("digit_lost", replace(clean, number=clean.number[:-2]), "N01")


@fault("a date too far ahead")
def far_date(clean: Location, random: Random, known: Known) -> Faulty | None:
    """A slip of the year."""
    return Faulty("far_date", replace(clean, effective_date=str(known.today + timedelta(days=500))), "R01")
