"""What people type to get past a form: answers that say nothing, as whole fields (A05)."""

import re
from functools import lru_cache

# Whole fields only: Test Valley, Nonesuch, No Place and Unknown Warrior Road are places (rules.md A05). Compared
# without case, space and punctuation, so that N/A, n.a. and "to be confirmed" are all here.
_ANYWHERE = frozenset(
    """
    tbc tbca tbcs tba tbd tobeconfirmed tobeadvised tobedetermined tobedecided tobeprovided toconfirm tofollow todo
    unknown unkown unknwon unk unkn notknown notknownyet unknownyet idk dontknow donotknow nk na nan notapplicable
    notavailable notprovided notsupplied notgiven notset notspecified notrequired notneeded notentered notyetknown
    none nonegiven nonesupplied nil null undefined nothing empty noaddress noname noinfo noinformation nodata
    noaddressgiven noaddressprovided noaddressavailable addressunknown unknownaddress nofixedabode nofixedaddress nfa
    test testing tester test1 test2 test123 testtest testaddress testdata dummy dummyaddress dummydata fake
    same sameasabove asabove sameasbilling sameasbefore asbefore sameaddress sameasname sameasregistered sameasother
    sameasothers sameaslast sameasmain sameasaccount asperaccount asperbilling ditto dito
    seenotes seenote seeabove seebelow seeattached seeaccount seebilling seecomments seecontract seeother seefile
    seeemail onfile
    asdf asdfg asdfgh asdfghj asdfghjk asdfghjkl asdasd asdfasdf sdfg sdfsdf dfgh dfgdfg fghj ghjk hjkl fdsa lkjh
    qwer qwert qwerty qwertyu qwertyui qwertyuiop qweqwe poiuy zxcv zxcvb zxcvbn zxcvbnm zxczxc
    donotuse notinuse spareline testline bttestline testaccount testcustomer unknowncustomer newcustomer
    yourname fullname customername companyname businessname nameofbusiness
    foo foobar lorem loremipsum blah blahblah blahblahblah xx xxx xyz xyzxyz
    """.split()  # noqa: SIM905  a list is read more easily than quoted words
)
# Not of a name: a business may be called Later, ABC or Various, and there is a Blank family.
_IN_ADDRESS = frozenset(
    """
    asd qwe zxc abc abcd abcdef abc123 pending awaiting awaitingaddress later blank missing void invalid placeholder
    default temp temporary example sample anything something whatever anywhere everywhere somewhere various several
    multiple mobile nomadic remote nationwide ukwide withheld exdirectory confidential yes no ok nope true false hello
    address addressline addressline1 addressline2 addressline3 line1 line2 line3 premises thoroughfare locality
    posttown postcode streetname streetaddress housename housenumber housenameornumber buildingname buildingnumber
    town city county country road lane avenue
    house home flat unit onsite wfh workingfromhome homeworker homeworking varioussites multiplesites alllocations
    seemap vehicle voip softphone
    """.split()  # noqa: SIM905  likewise
)
_STREET_IS_A_TOWN = frozenset(("street", "thestreetname"))  # Street is a post town of Somerset
_NOT_WORD = re.compile(r"[\W_]+")
_ONE_LETTER_REPEATED = re.compile(r"([a-hj-z])\1{2,19}")  # III is a number
_ONE_LETTER_IN_A_NAME = re.compile(r"([a-z])\1{3,19}")  # AAA is a business
_ZEROS = re.compile("0+")


def compact(text: str) -> str:
    """Write a text without case, space and punctuation, for comparison."""
    return _NOT_WORD.sub("", text).casefold()


def is_dummy(field: str, text: str) -> bool:
    """Say whether a text that is not blank says nothing, as the whole of a field (named as the CSV column)."""
    # Most premises are numbers, no dummy is, and a million rows are asked.
    if text[0] in "123456789" and field == "premises":
        return False
    return _is_dummy(field, text)


@lru_cache(maxsize=1 << 16)
def _is_dummy(field: str, text: str) -> bool:
    said = compact(text)
    if not said or said in _ANYWHERE:
        return True
    if field == "name":
        return _ONE_LETTER_IN_A_NAME.fullmatch(said) is not None
    if said in _IN_ADDRESS or _ONE_LETTER_REPEATED.fullmatch(said) or _ZEROS.fullmatch(said):
        return True
    if field == "premises":
        return said in _STREET_IS_A_TOWN
    # A house may be called K and have any number; a street, village or town is more than a letter or a number.
    return len(said) == 1 or (field == "thoroughfare" and said in _STREET_IS_A_TOWN)
