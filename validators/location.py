"""All rules on one location of one number, in one pass: what a row of the CSV, a form or the API brings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from validators.addresses import check_address, same_as_billing
from validators.area_codes import check_area
from validators.columns import COLUMNS, Location, is_no, is_yes
from validators.directory import CheckedPostcode, Directory, DirectoryEntry, check_postcode
from validators.findings import Finding, Severity, error, review, warning
from validators.identifiers import check_identifiers, check_providers
from validators.numbers import CheckedNumber, Holdings, NumberRules, check_number
from validators.paf import check_paf
from validators.places import Point, check_geocoded, check_place, given_place, sector_spread
from validators.post_towns import PostTowns, check_post_town
from validators.postcodes import parse_postcode
from validators.slips import NOWHERE
from validators.start import check_start
from validators.wording import FieldLimits, OverLength, Wording, as_sent

__all__ = ["CLAIMED", "COLUMNS", "CheckedLocation", "Location", "Rules", "Standing", "check_location", "is_yes"]

_WORDED = (
    "title", "forename", "name", "honours", "business_suffix", "premises", "thoroughfare", "locality", "post_town",
    "reference",
)  # fmt: skip
_values = attrgetter(*COLUMNS)
# The finding of a number that an account merely says is its own.
CLAIMED = "N13"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What profile and settings ask of a location; `limits` in characters, distances in km.

    `towns` None leaves out A06: there is no table of post towns.
    """

    number: NumberRules
    limits: FieldLimits
    upper: bool = True
    over_length: OverLength = "abbreviate"
    line_types: tuple[str, ...] = ("", "DDI", "EXT", "FNET", "VOIP")
    excluded_areas: tuple[str, ...] = ()
    months_ahead: int = 12
    distance_km: float = 2.0
    accommodation: tuple[str, ...] = ()
    towns: PostTowns | None = None
    area_distance_km: float = 80.0
    own_cupid: str = ""
    child_cupids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of the number and its account before this location.

    `accepted` is the record that the agent holds, as sent, by the names of `CheckedLocation.record`; None where
    it holds none or its content is not known. `here_already` says that the number is in use here and was not brought
    in; `may_bring_in` that whoever speaks may say that a number comes from another provider. `looked_at_by` is the day
    by which a person sees whether the number is the account's, None where nobody has to.
    """

    accepted_effective_date: date | None = None
    accepted: Mapping[str, str] | None = None
    billing_address: str = ""
    billing_postcode: str = ""
    barred: bool = False
    here_already: bool = False
    may_bring_in: bool = True
    looked_at_by: date | None = None


@dataclass(frozen=True, slots=True)
class CheckedLocation:
    """All findings on a location, in the order of the form, and the values that were read.

    `number` is in E.164 form. `wording` is there whatever was found, for the customer to see. `record` is what
    the agent would hold: the text as sent, postcode, line type and identifiers of the address. `composed` has the
    columns that were made of PAF elements.
    """

    findings: tuple[Finding, ...]
    number: str | None
    effective_date: date | None
    postcode: str | None
    wording: Wording
    valid: bool
    for_review: bool
    record: Mapping[str, str]
    composed: Mapping[str, str]


def check_location(
    location: Location,
    *,
    rules: Rules,
    directory: Directory | None,
    holdings: Holdings | None,
    account_id: int | None,
    standing: Standing | None,
    today: date,
    located: Point | None = None,
) -> CheckedLocation:
    """Apply every rule and return all findings at once, in the order of the form.

    `today` is the day in London, `located` where a geocoder puts the address (degrees). `standing` None means that
    nothing is known of the number. How many numbers
    share the address only the caller can count (validators.addresses.crowded).
    """
    standing = standing or Standing()
    typed = dict(zip(COLUMNS, map(str.strip, _values(location)), strict=True))
    composed, paf_findings = check_paf(typed)
    typed |= composed
    number = check_number(typed["number"], rules=rules.number, holdings=holdings, account_id=account_id)
    areas = rules.towns.areas_of(typed["post_town"]) if rules.towns else NOWHERE
    postcode = check_postcode(typed["postcode"], directory, areas=areas)
    worded = {name: typed[name] for name in _WORDED}
    wording = as_sent(worded, limits=rules.limits, upper=rules.upper, over_length=rules.over_length)
    start, start_findings = check_start(
        typed["effective_date"],
        today=today,
        months_ahead=rules.months_ahead,
        accepted=standing.accepted_effective_date,
    )
    place = given_place(typed["latitude"], typed["longitude"]) or centre_of(postcode.entry)
    record = _record(typed, wording, postcode.postcode or "")
    findings = (
        *_reachable(number.findings, typed["losing_cupid"]),
        *_claimed(number, standing.looked_at_by),
        *wording.findings,
        *paf_findings,
        *check_address(typed, accommodation=rules.accommodation),
        *_confirmation(typed, standing),
        *_whereabouts(typed, postcode, directory, rules, located),
        *_line(typed, rules.line_types),
        *check_area(number.number, typed["line_type"], place, limit_km=rules.area_distance_km),
        *_user(typed, barred=standing.barred),
        *start_findings,
        *check_identifiers(typed),
        *check_providers(typed, own=rules.own_cupid, children=rules.child_cupids),
        *_brought_in(typed["losing_cupid"], standing),
        *_unchanged(record, standing.accepted),
    )
    severities = {finding.severity for finding in findings}
    valid = Severity.ERROR not in severities
    for_review = valid and Severity.REVIEW in severities
    return CheckedLocation(
        findings, number.number, start, postcode.postcode, wording, valid, for_review, record, composed
    )


def _record(typed: Mapping[str, str], wording: Wording, postcode: str) -> dict[str, str]:
    return wording.fields | {
        "postcode": postcode,
        "line_type": typed["line_type"].upper(),
        "uprn": typed["uprn"],
        "udprn": typed["udprn"],
    }


def _unchanged(record: Mapping[str, str], accepted: Mapping[str, str] | None) -> Iterator[Finding]:
    """R04, where every value that the agent can see is the one that it holds."""
    if accepted is not None and all(accepted.get(name, "") == value for name, value in record.items()):
        yield warning("R04", "number", "Nothing changes: this is what is registered already.")


def _reachable(findings: tuple[Finding, ...], losing_cupid: str) -> Iterator[Finding]:
    """Leave out N04 for a number that is being brought here: it is in another's range until then."""
    return (finding for finding in findings if finding.code != "N04" or not losing_cupid)


def _claimed(number: CheckedNumber, looked_at_by: date | None) -> Iterator[Finding]:
    """N13 for a number that nothing here says is the account's; what is wrong with it is said alone."""
    wrong = any(finding.severity is Severity.ERROR and finding.code != "N04" for finding in number.findings)
    if looked_at_by is not None and not wrong:
        yield review(
            "N13",
            "number",
            "This number is not recorded as yours yet. A person here checks that it is, by"
            f" {looked_at_by.day} {looked_at_by:%B %Y}; until then nothing is sent for it.",
        )


def _brought_in(losing_cupid: str, standing: Standing) -> Iterator[Finding]:
    """R09 for a number that need not be brought in, R10 for somebody who cannot know that it will be."""
    if not losing_cupid:
        return
    if standing.here_already:
        yield error("R09", "losing_cupid", "This number is here already, so it comes from nobody. Leave it out.")
    elif not standing.may_bring_in:
        yield error(
            "R10",
            "losing_cupid",
            "That a number comes from another provider is recorded by us, once the two have agreed. Ask us to record"
            " the move, and leave this out.",
        )


def _confirmation(typed: Mapping[str, str], standing: Standing) -> Iterator[Finding]:
    """A09, until the customer says that the address is right."""
    billing = same_as_billing(typed, standing.billing_address, standing.billing_postcode)
    if billing is not None and not is_yes(typed["address_confirmed"]):
        yield billing


def _whereabouts(
    typed: Mapping[str, str],
    postcode: CheckedPostcode,
    directory: Directory | None,
    rules: Rules,
    located: Point | None,
) -> Iterator[Finding]:
    """Judge the postcode, P06 for areas that the profile excludes, the coordinates and what a geocoder says."""
    yield from postcode.findings
    area = parse_postcode(postcode.postcode or "").area
    if rules.towns is not None:
        yield from check_post_town(typed["post_town"], area, rules.towns)
    if area in rules.excluded_areas:
        yield error("P06", "postcode", f"Places with {area} postcodes are not served by our emergency call agent.")
    yield from check_place(
        typed["latitude"],
        typed["longitude"],
        entry=postcode.entry,
        directory=directory,
        limit_km=rules.distance_km,
    )
    if located is not None:
        yield from _geocoded(typed, postcode, directory, rules.distance_km, located)


def _geocoded(
    typed: Mapping[str, str],
    postcode: CheckedPostcode,
    directory: Directory | None,
    limit_km: float,
    located: Point,
) -> tuple[Finding, ...]:
    """G03. How wide the sector lies is asked of the directory only where a town's limit is passed."""
    given, centre = given_place(typed["latitude"], typed["longitude"]), centre_of(postcode.entry)
    findings = check_geocoded(given, centre, located, limit_km=limit_km, spread=0.0)
    if findings and postcode.postcode and directory:
        spread = sector_spread(postcode.postcode, directory)
        findings = check_geocoded(given, centre, located, limit_km=limit_km, spread=spread)
    return findings


def _line(typed: Mapping[str, str], line_types: tuple[str, ...]) -> Iterator[Finding]:
    """R02 and R05: the kind of line, and what a VOIP line asks of the customer."""
    line_type = typed["line_type"].upper()
    if line_type not in line_types and line_type:
        kinds = ", ".join(kind for kind in line_types if kind)
        yield error("R05", "line_type", f"Line type must be blank or one of {kinds}.")
    if line_type == "VOIP" and not is_yes(typed["voip_acknowledged"]):
        yield error(
            "R02",
            "voip_acknowledged",
            "A VOIP line may not reach 999 in a power cut or when it is used elsewhere. Say yes in voip_acknowledged"
            " when the customer has understood this.",
        )


def _user(typed: Mapping[str, str], *, barred: bool) -> Iterator[Finding]:
    """R03, N12 and R08: who uses the line, and where."""
    if is_yes(typed["outside_uk"]):
        yield error(
            "R03",
            "outside_uk",
            "A number whose user is outside the United Kingdom gets no record: help would be sent to a wrong door."
            " Bar 999 on it instead.",
        )
    elif barred and not is_no(typed["outside_uk"]):
        yield error(
            "N12",
            "outside_uk",
            "999 is barred on this number, because its user was outside the United Kingdom. If it is used in the United"
            " Kingdom again, say so: no in outside_uk, or on the number's own page.",
            suggestion="no",
        )
    if is_yes(typed["nomadic"]) and typed["line_type"].upper() != "VOIP":
        yield error(
            "R08",
            "nomadic",
            "Only a VOIP line can be used by somebody who moves about. Make the line type VOIP, or leave nomadic out.",
        )


def centre_of(entry: DirectoryEntry | None) -> Point | None:
    """Return where a postcode's centre is, None where the directory does not say."""
    if entry is None or entry.latitude is None or entry.longitude is None:
        return None
    return entry.latitude, entry.longitude
