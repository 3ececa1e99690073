"""Two directories side by side."""

from datetime import date

from directory_sources import postcodes
from hypothesis import given
from hypothesis import strategies as st

from app.services.directory.changes import Change, Changed, changes

ENDED = date(2019, 3, 1)
listings = st.dictionaries(postcodes(), st.none() | st.dates(date(1990, 1, 1), date(2026, 1, 1)), max_size=25)


def found(old: dict[str, date | None], new: dict[str, date | None], areas: set[str]) -> list[Changed]:
    return list(changes(sorted(old.items()), sorted(new.items()), areas))


def test_each_kind_of_change_is_told() -> None:
    old = {"LS1 1AA": None, "LS1 1AB": None, "LS1 1AD": ENDED, "LS1 1AE": None, "M1 1AE": None, "LS1 1AF": ENDED}
    new = {"LS1 1AA": None, "LS1 1AB": ENDED, "LS1 1AD": None, "LS1 1AG": None, "LS1 1AH": ENDED}
    assert found(old, new, {"LS"}) == [
        Changed("LS1 1AB", Change.ENDED, ENDED),
        Changed("LS1 1AD", Change.BACK),
        Changed("LS1 1AE", Change.GONE),
        Changed("LS1 1AG", Change.NEW),
        Changed("M1 1AE", Change.UNCOVERED),
    ]
    assert [change.area for change in found(old, new, {"LS"})][-2:] == ["LS", "M"]


@given(listings, listings, st.sets(st.sampled_from(["LS", "M", "E"])))
def test_side_by_side_finds_what_looking_each_up_finds(
    old: dict[str, date | None], new: dict[str, date | None], areas: set[str]
) -> None:
    told = {change.postcode: change for change in found(old, new, areas)}
    assert list(told) == sorted(told)
    for postcode in {*old, *new}:
        was = None if postcode not in old else old[postcode] is None
        is_now = None if postcode not in new else new[postcode] is None
        expected = {(True, False): Change.ENDED, (False, True): Change.BACK, (None, True): Change.NEW}.get(
            (was, is_now)  # type: ignore[arg-type]
        )
        change = told.get(postcode)
        if was and is_now is None:
            assert change is not None
            assert change.change in {Change.GONE, Change.UNCOVERED}
            assert (change.change is Change.GONE) == (change.area in areas)
        else:
            assert (change and change.change) == expected
            assert expected is not Change.ENDED or (change is not None and change.ended == new[postcode])
