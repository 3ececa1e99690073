"""Addresses without a fault, and what people rightly write that looks like one.

Streets, houses and businesses are invented. Which post town a postcode district has is a fact, and so are the
postcodes, which come from the directory.
"""

from collections.abc import Iterator, Sequence
from random import Random

from validators.columns import Location

# District and post town as people write it; `also known` spellings among them.
DISTRICTS = """
AB10 Aberdeen|AB31 Banchory|AB42 Peterhead|AL1 St Albans|AL7 Welwyn Garden City|B1 Birmingham|B90 Solihull|B78 Tamworth
BA1 Bath|BA21 Yeovil|BB11 Burnley|BD1 Bradford|BD23 Skipton|BH1 Bournemouth|BH15 Poole|BL1 Bolton|BN1 Brighton
BN21 Eastbourne|BR1 Bromley|BS1 Bristol|BS23 Weston super Mare|CA1 Carlisle|CA12 Keswick|CB1 Cambridge|CB7 Ely
CF10 Cardiff|CF31 Bridgend|CF48 Merthyr Tydfil|CH1 Chester|CH41 Birkenhead|CM1 Chelmsford|CM23 Bishops Stortford
CO1 Colchester|CO15 Clacton on Sea|CR0 Croydon|CT1 Canterbury|CT16 Dover|CV1 Coventry|CV37 Stratford upon Avon|CW1 Crewe
DA1 Dartford|DD1 Dundee|DE1 Derby|DE45 Bakewell|DG1 Dumfries|DH1 Durham|DL1 Darlington|DN1 Doncaster|DN31 Grimsby
DT1 Dorchester|DY1 Dudley|E1 London|EC1V London|EH1 Edinburgh|EH54 Livingston|EN1 Enfield|EX1 Exeter|EX31 Barnstaple
FK1 Falkirk|FK8 Stirling|FY1 Blackpool|G1 Glasgow|GL1 Gloucester|GL50 Cheltenham|GU1 Guildford|GU14 Farnborough
HA1 Harrow|HD1 Huddersfield|HG1 Harrogate|HP1 Hemel Hempstead|HP13 High Wycombe|HR1 Hereford|HS1 Stornoway|HU1 Hull
HX1 Halifax|IG1 Ilford|IP1 Ipswich|IP33 Bury St Edmunds|IV1 Inverness|IV51 Portree|KA1 Kilmarnock|KA27 Isle of Arran
KT1 Kingston upon Thames|KW15 Kirkwall|KY16 St Andrews|L1 Liverpool|L39 Ormskirk|LA1 Lancaster|LD1 Llandrindod Wells
LE1 Leicester|LE11 Loughborough|LL11 Wrexham|LL30 Llandudno|LL55 Caernarfon|LN1 Lincoln|LS1 Leeds|LS11 Leeds
LS29 Ilkley|LU1 Luton|M1 Manchester|M50 Salford|ME1 Rochester|MK9 Milton Keynes|ML1 Motherwell|N1 London|NE1 Newcastle
NE30 North Shields|NG1 Nottingham|NG31 Grantham|NN1 Northampton|NP20 Newport|NR1 Norwich|NR30 Great Yarmouth|NW1 London
OL1 Oldham|OX1 Oxford|OX16 Banbury|PA1 Paisley|PA34 Oban|PE1 Peterborough|PE30 Kings Lynn|PH1 Perth|PH33 Fort William
PL1 Plymouth|PO1 Portsmouth|PO30 Newport|PR1 Preston|RG1 Reading|RG21 Basingstoke|RH1 Redhill|RH10 Crawley|RM1 Romford
S1 Sheffield|S40 Chesterfield|SA1 Swansea|SA31 Carmarthen|SA62 Haverfordwest|SE1 London|SG1 Stevenage|SK1 Stockport
SK10 Macclesfield|SL1 Slough|SM1 Sutton|SN1 Swindon|SN15 Chippenham|SO14 Southampton|SO23 Winchester|SP1 Salisbury
SR1 Sunderland|SS1 Southend on Sea|ST1 Stoke on Trent|ST16 Stafford|SW1A London|SY1 Shrewsbury|SY23 Aberystwyth
TA1 Taunton|TD1 Galashiels|TF1 Telford|TN1 Tunbridge Wells|TN34 Hastings|TQ1 Torquay|TR1 Truro|TR18 Penzance
TS1 Middlesbrough|TS24 Hartlepool|TW1 Twickenham|UB1 Southall|W1F London|WA1 Warrington|WC2H London|WD17 Watford
WF1 Wakefield|WN1 Wigan|WR1 Worcester|WS1 Walsall|WV1 Wolverhampton|YO1 York|YO11 Scarborough|ZE1 Lerwick
"""
# What the rules must let through: numbers that look like dates or names, places that sound like dummies.
PREMISES = (
    "1", "12", "12A", "1-3", "2/1, 45", "Flat 2, 14", "Flat 3b, Heron House", "Unit 4, Riverside Works",
    "The Old Mill", "Rose Cottage", "Suite 12, 40", "Ground Floor, 20", "Apartment 9, 101",
    "Unit 7b, Foundry Trading Estate", "Nomad House", "Test Pilot House", "Boxhall Farm", "Basement, 8",
    "Block C, Thimble Yard", "The None Such", "100-102", "Nil Darpan Hall", "Post Office Chambers",
    "3rd Floor, Meridian Tower", "Quarry End", "Units 5 and 6, Lantern Park", "No. 9", "41 1/2",
)  # fmt: skip
THOROUGHFARES = (
    "High Street", "Mill Road", "Station Road", "Church Lane", "St John's Road", "The Square", "Nonesuch Close",
    "Test Lane", "Unknown Warrior Way", "Stryd Fawr", "Heol y Bont", "King's Parade", "Queen Anne's Gate", "Box Lane",
    "Flatt Walks", "Floor Street", "Apartment Row", "Orchard Rise", "Lantern Terrace", "Sextant Way",
    "Old Post Office Lane", "The Broadway", "Thimble Court", "Foundry Hill", "Juniper Drive", "Broad Street",
    "Market Place", "Upper Mill Street", "First Avenue", "Fifth Street",
)  # fmt: skip
LOCALITIES = ("", "", "", "", "Old Town", "Northfield", "Westgate", "Harbour Side", "Upper Green", "No Place")
NAMES = (
    "Hartwell Joinery Ltd", "Sextant Freight Limited", "Blue Heron Bakery", "Thimble & Thread",
    "Lantern Dental Practice", "J. Quarrier", "O'Marrin Opticians", "Test Track Cycles", "The Unknown Bean",
    "None Too Soon Couriers", "Café Amaryllis", "3 Rivers Nursery", "Meridian Business Centre Ltd", "Crêperie Noël",
    "A1 Windscreens", "St Aldwyn's Hall",
)  # fmt: skip


def clean_locations(postcodes: Sequence[str], random: Random, count: int) -> Iterator[Location]:
    """Yield `count` locations that nobody should be asked about; `postcodes` are those of the directory."""
    places = _places(postcodes)
    for at in range(count):
        town, codes = random.choice(places)
        yield Location(
            number=f"01632 1{at:05d}",
            name=random.choice(NAMES),
            premises=random.choice(PREMISES),
            thoroughfare=random.choice(THOROUGHFARES),
            locality=random.choice(LOCALITIES),
            post_town=random.choice((town, town.upper(), town)),
            postcode=_as_typed(random.choice(codes), random),
        )


def _places(postcodes: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Return the post towns whose district the directory has, each with its postcodes."""
    by_district: dict[str, list[str]] = {}
    for postcode in postcodes:
        by_district.setdefault(postcode.split()[0], []).append(postcode)
    named = [entry.split(" ", 1) for line in DISTRICTS.split("\n") for entry in line.split("|") if entry]
    return [(town, by_district[district]) for district, town in named if district in by_district]


def _as_typed(postcode: str, random: Random) -> str:
    """Write a postcode as people do."""
    return random.choice((postcode, postcode, postcode.lower(), postcode.replace(" ", ""), postcode.replace(" ", "  ")))
