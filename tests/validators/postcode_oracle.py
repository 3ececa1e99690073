"""The grammar of postcodes a second time, letter by letter from the text of the rules, to judge the program by.

Nothing of the program is imported here: a mistake must not be made twice.
"""

from collections.abc import Iterator

# The 124 areas by their first letter; "-" stands for the area of one letter.
SECOND_LETTERS = {
    "A": "BL", "B": "-ABDHLNRST", "C": "ABFHMORTVW", "D": "ADEGHLNTY", "E": "-CHNX", "F": "KY", "G": "-LUY",
    "H": "ADGPRSUX", "I": "GMPV", "J": "E", "K": "ATWY", "L": "-ADELNSU", "M": "-EKL", "N": "-EGNPRW",
    "O": "LX", "P": "AEHLOR", "R": "GHM", "S": "-AEGKLMNOPRSTWY", "T": "ADFNQRSW", "U": "B",
    "W": "-ACDFNRSV", "Y": "O", "Z": "E",
}  # fmt: skip
DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
THIRD = "ABCDEFGHJKPSTUW"  # the letter in A9A
FOURTH = "ABEHMNPRVWXY"  # the letter in AA9A
NEVER_INWARD = "CIKMOV"
# Ended with the year 2000 and still in directories that know ended postcodes: the rule lets them through to P04.
FORMER = {"W1M", "W1N", "W1R", "W1V", "W1X", "W1Y"}
NOT_OURS = {"JE", "GY", "IM"}  # well-formed, and refused by P06


def areas() -> set[str]:
    return {(first + second).rstrip("-") for first, seconds in SECOND_LETTERS.items() for second in seconds}


AREAS = areas()


def shape(text: str) -> str:
    return "".join("A" if char in LETTERS else "9" if char in DIGITS else "?" for char in text)


def is_well_formed(text: str) -> bool:
    """Judge a postcode in capitals without its space."""
    outward, inward = text[:-3], text[-3:]
    if shape(inward) != "9AA" or any(letter in NEVER_INWARD for letter in inward[1:]):
        return False
    form = shape(outward)
    if form not in {"A9", "A99", "A9A", "AA9", "AA99", "AA9A"}:
        return False
    length = 1 if form[1] == "9" else 2
    area, district = outward[:length], outward[length:]
    if area not in AREAS:
        return False
    if len(district) == 2 and district[1] in DIGITS:
        return district[0] != "0"
    if len(district) == 2:
        return district[1] in (THIRD if length == 1 else FOURTH) or outward in FORMER
    return True


def is_taken(text: str) -> bool:
    """Say whether a postcode in capitals may be used; white space does not matter."""
    joined = "".join(text.split())
    return is_well_formed(joined) and not any(joined.startswith(area) for area in NOT_OURS)


def mutations(postcode: str) -> Iterator[str]:
    """Every change of one character: another one in its place, left out, put in, and two neighbours swapped."""
    for at in range(len(postcode) + 1):
        before, after = postcode[:at], postcode[at:]
        for char in LETTERS + DIGITS:
            yield before + char + after
            if after:
                yield before + char + after[1:]
        if after:
            yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
