import pytest
from export_samples import CSV, DAY, EFF

from emergency_export.faults import NameExhausted, WrongProfile
from emergency_export.profile_loading import load_profile, parse_profile, shipped_profiles
from emergency_export.profiles import FileKind
from emergency_export.responses import Basis, Outcome

# code, commands, class, final, outcome, basis: written out by hand from file-interface.md
CODES = """
0013 *   WARN  N noted         known
0018 *   ERROR N waiting       known
0033 K   END   Y done          known
0034 K   ERROR Y refused       known
0035 K   END   Y refused       known
0037 A   END   Y done          known
0038 C   END   Y done          known
0039 M   END   Y done          assumed
0041 E   INFO  N taken         assumed
0042 I   INFO  N taken         assumed
0043 IE  END   Y closes        assumed
0045 E   WARN  N noted         known
0046 I   WARN  N noted         known
0047 I   WARN  N noted         known
0048 E   WARN  N noted         known
0049 E   ERROR Y closes_undone known
0050 I   ERROR Y closes_undone known
0057 *   ERROR Y refused       known
0101 AMI ERROR Y refused       assumed
0102 AMI ERROR Y refused       assumed
0103 AI  ERROR Y refused       assumed
0104 MCE ERROR Y refused       assumed
0105 *   ERROR Y refused       assumed
0106 *   ERROR Y refused       assumed
"""


TITLE = 'name = "title", width = 20'
DATED = 'kind = "date", form = "CCYYMMDD"'


def faults_of(text):
    with pytest.raises(WrongProfile) as refused:
        parse_profile(text)
    return {fault.path: fault.message for fault in refused.value.faults}


def changed(old, new, profile=EFF):
    assert old in profile.text
    return profile.text.replace(old, new, 1)


@pytest.mark.parametrize("profile", [EFF, CSV], ids=lambda profile: profile.name)
def test_the_code_table_is_the_specifications(profile):
    said = {
        (
            row.code,
            "*" if row.commands == set(profile.commands) else "".join(sorted(row.commands)),
            row.class_,
            "Y" if row.final else "N",
            str(row.outcome),
            str(row.basis),
        )
        for row in profile.response_codes.values()
    }
    lines = (line.split() for line in CODES.split("\n") if line)
    assert said == {(code, "".join(sorted(commands)), *rest) for code, commands, *rest in lines}


def test_no_record_found_completes_a_cease_and_an_export():
    row = EFF.response_codes["0104"]
    assert [row.outcome_for(command) for command in "MCE"] == [Outcome.REFUSED, Outcome.DONE, Outcome.DONE]
    assert row.basis is Basis.ASSUMED


def test_a_code_that_does_not_belong_to_the_command_is_unknown():
    assert EFF.response("0037", "A") is EFF.response_codes["0037"]
    assert EFF.response("0037", "M") is None
    assert EFF.response("9999", "A") is None


def test_what_the_app_asks_of_a_profile():
    assert shipped_profiles() == ("csv-1", "eff-style-1")
    assert EFF.label == "EFF-style, not verified against the agent's specification"
    assert not EFF.verified
    assert EFF.limits() == {
        "title": 20,
        "forename": 20,
        "name": 50,
        "honours": 30,
        "business_suffix": 50,
        "premises": 60,
        "thoroughfare": 55,
        "locality": 30,
        "reference": 20,
    }
    assert EFF.commands_enabled == ("A", "C", "M", "I", "E")
    assert EFF.line_types == ("", "DDI", "EXT", "FNET", "VOIP")
    assert (EFF.max_records, EFF.owner_change, EFF.over_length, EFF.empty_file) == (200_000, "M", "abbreviate", "send")
    assert EFF.allowed_prefixes == ("01", "02", "03", "08")


def test_the_digest_knows_content_not_line_endings():
    assert parse_profile(EFF.text.replace("\n", "  \r\n")).digest == EFF.digest
    assert parse_profile(changed("max_records = 200000", "max_records = 199999")).digest != EFF.digest
    assert parse_profile(EFF.text).digest == EFF.digest


@pytest.mark.parametrize(
    ("profile", "kind", "name"),
    [
        (EFF, FileKind.DAT, "BT199924112607.DAT"),
        (EFF, FileKind.EXT, "BT199924112607.EXT"),
        (EFF, FileKind.CAR, "BT199924112607.CAR"),
        (CSV, FileKind.DAT, "999-241126-07.csv"),
        (CSV, FileKind.EXT, "999-241126-07.ext.csv"),
        (CSV, FileKind.CAR, "999-241126-07.car.csv"),
    ],
)
def test_names(profile, kind, name):
    assert profile.file_name("999", DAY, 7, kind) == name
    assert profile.kind_of(name) is kind
    parts = profile.names[kind].parts(name)
    assert (parts.cupid, parts.day, parts.nn) == ("999", DAY, 7)


def test_the_fco_bears_the_stem_of_its_file():
    assert EFF.fco_name("BT199924112607.DAT") == "BT199924112607.FCO"
    assert CSV.fco_name("999-241126-07.csv") == "999-241126-07.fco.csv"
    assert CSV.kind_of("999-241126-07.fco.csv") is FileKind.FCO
    assert EFF.kind_of("BT199924112607.FCO") is FileKind.FCO


@pytest.mark.parametrize(
    "name", ["BT199932112607.DAT", "BT199924112600.DAT", "XBT199924112601.DAT", "x.FCO", "", "BT1"]
)
def test_names_that_no_template_makes(name):
    assert EFF.kind_of(name) is None


@pytest.mark.parametrize("nn", [0, 100])
def test_a_day_has_99_names(nn):
    with pytest.raises(NameExhausted):
        EFF.file_name("999", DAY, nn)


def test_c_and_a_is_refused_by_name():
    faults = faults_of(changed('owner_change = "M"', 'owner_change = "C+A"'))
    assert "only M" in faults["file.owner_change"]


def test_every_fault_is_told_at_once():
    text = EFF.text.replace("record_length = 442", "record_length = 440").replace(
        'owner_change = "M"', 'owner_change = "C+A"'
    )
    text = text.replace('outcome = "taken"', 'outcome = "took"', 1).replace(
        '{ name = "title", width = 20 }', '{ name = "titel", width = 20 }'
    )
    faults = faults_of(text)
    assert {
        "file.owner_change",
        "records.header.fields",
        "records.data.fields",
        "responses.0041.outcome",
    } <= faults.keys()
    assert faults["records.data.fields"] == "the widths add up to 442, record_length is 440"


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        (TITLE, 'name = "title", width = 19', "records.data.fields"),
        (TITLE, 'name = "titel", width = 20', "records.data.fields[titel]"),
        (TITLE, 'name = "title", width = "20"', "records.data.fields[title].width"),
        (TITLE, TITLE + ", colour = 1", "records.data.fields[title].colour"),
        (TITLE, 'name = "name", width = 20', "records.data.fields[name].name"),
        (TITLE, TITLE + ', pad = "0"', "records.data.fields[title].pad"),
        (TITLE, TITLE + ', kind = "date"', "records.data.fields[title].form"),
        (TITLE, TITLE + ', required_for = ["Z"]', "records.data.fields[title].required_for"),
        (TITLE, TITLE + ', values = ["Mr"]', "records.data.fields[title].values"),
        (DATED, 'kind = "date", form = "CCYYMMMM"', "records.header.fields[created_date].form"),
        (DATED, 'kind = "date", form = "CCYY-MM-DD"', "records.header.fields[created_date].form"),
        ('enabled = ["A", "C", "M", "I", "E"]', 'enabled = ["A", "Z"]', "commands.enabled"),
        ('counts = ["C"]', 'counts = ["A"]', "records.trailer"),
        ("digits = 16", "digits = 12", "checksum.digits"),
        ('algorithm = "sha256"', 'algorithm = "crc8"', "checksum.algorithm"),
        ('timezone = "Europe/London"', 'timezone = "Europe/Leeds"', "file.timezone"),
        ('dat = "BT1{cupid}', 'dat = "BT1{cupids}', "names.dat"),
        ('dat = "BT1{cupid}{DDMMYY}{nn}.DAT"', 'dat = "BT1{cupid}{DDMMYY}{nn}-CHANGES.DAT"', "names.dat"),
        ('ext = "BT1{cupid}{DDMMYY}{nn}.EXT"', 'ext = "BT1{cupid}{DDMMYY}{nn}.DAT"', "names"),
        ("max_records = 200000", "max_records = 20000000", "file.max_records"),
        ("max_records = 200000", "max_records = 0", "file.max_records"),
        ("verified = false\n", "", "verified"),
        ("[lines]", "[line]", "lines"),
        ('0037 = { commands = ["A"]', '0037 = { commands = ["Z"]', "responses.0037.commands"),
        ('overrides = { C = "done"', 'overrides = { A = "done"', "responses.0104.overrides"),
        ("0037 = {", "37 = {", "responses.37"),
        ('allowed_prefixes = ["01"', 'allowed_prefixes = ["1"', "numbers.allowed_prefixes"),
        ('kind = "constant", constant = "D"', 'kind = "constant", constant = "H"', "records"),
        ('delimiter = "|"', 'delimiter = "||"', "replies.fco.delimiter"),
        ('{ fields = ["thoroughfare"', '{ fields = ["street"', "records.data.any_of[1].fields"),
    ],
)  # fmt: skip
def test_a_wrong_profile_is_refused_where_it_is_wrong(old, new, path):
    assert path in faults_of(changed(old, new))


@pytest.mark.parametrize("text", ["", "name = 1", "[file]\nfile = []", "x = [", "records = 3\nresponses = { a = 1 }"])
def test_nonsense_is_refused_as_a_wrong_profile(text):
    assert faults_of(text)


def test_an_unknown_name_says_what_there_is(tmp_path):
    with pytest.raises(WrongProfile, match="csv-1, eff-style-1"):
        load_profile("eff-style-9")
    own = tmp_path / "own.toml"
    own.write_text(EFF.text.replace('name = "eff-style-1"', 'name = "own"'), "utf-8")
    assert load_profile(own).name == "own"
    own.write_bytes(b"\xff\xfe")
    with pytest.raises(WrongProfile):
        load_profile(str(own))
