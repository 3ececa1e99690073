"""`eld locations set` and `check`: one address for many numbers."""

from cli_hand import Eld

ADDRESS = (
    "--set", "name=Hartwell Ltd", "--set", "premises=Foundry House", "--set", "thoroughfare=Water Lane",
    "--set", "post_town=Leeds", "--set", "postcode=LS11 5DF",
)  # fmt: skip
BLOCK = ("--from", "0113 496 0700", "--to", "01134960709", "--except", "0113 4960 704")
IMPORT = {"rows", "accepted", "unchanged", "for_review", "refused", "dry_run", "problems", "numbers"}


def test_a_block_is_checked_then_set_then_moved(eld: Eld) -> None:
    tried = eld.json("locations", "check", *BLOCK, *ADDRESS)
    assert set(tried) >= IMPORT
    assert (tried["numbers"], tried["accepted"], tried["dry_run"], tried["saved"]) == (9, 9, True, False)
    assert eld.json("records", "show", "01134960700", status=1)["status"] == "unknown"
    done = eld.json("locations", "set", *BLOCK, *ADDRESS)
    assert (done["accepted"], done["dry_run"], done["saved"], done["problems"]) == (9, False, True, [])
    assert eld.json("records", "show", "01134960700")["wanted"]["line_type"] == "DDI"
    assert eld.json("records", "show", "01134960704", status=1)["status"] == "unknown"
    moved = eld.json("locations", "set", "01134960700", "01134960701", *ADDRESS[4:], "--set", "premises=Mill House")
    assert (moved["numbers"], moved["accepted"]) == (2, 2)
    mended = eld.json("locations", "check", "01134960702", "--set", "premises=Flat 2, 12")
    assert (mended["accepted"], mended["problems"]) == (1, [])


def test_the_summary_shows_the_record_as_it_will_be_sent(sqlite_eld: Eld) -> None:
    said = eld_lines(sqlite_eld("locations", "set", *BLOCK, *ADDRESS, "--dry-run").stdout)
    assert said[0] == ["numbers", "9"]
    assert ["premises", "FOUNDRY", "HOUSE"] in said
    assert said[-1] == ["dry", "run:", "nothing", "was", "stored"]


def eld_lines(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


def test_one_finding_for_all_numbers_and_exit_1(sqlite_eld: Eld) -> None:
    done = sqlite_eld("locations", "set", *BLOCK, *ADDRESS[:6], status=1)
    assert [line.split()[0] for line in done.stderr.splitlines()] == ["A01", "P01"]
    assert "nothing was stored" in done.stdout
    report = sqlite_eld.json("locations", "set", *BLOCK, *ADDRESS[:6], status=1)
    assert [(one["code"], one["count"]) for one in report["problems"]] == [("A01", 9), ("P01", 9)]
    assert report["problems"][0]["numbers"][:2] == ["01134960700", "01134960701"]


def test_a_block_that_is_none(sqlite_eld: Eld) -> None:
    report = sqlite_eld.json(
        "locations", "set", "--from", "01134960709", "--to", "01134960700", "--except", "x", *ADDRESS, status=1
    )
    assert [one["code"] for one in report["problems"]] == ["N01", "M03"]
    assert report["numbers"] == 0
    unknown = sqlite_eld.json("locations", "set", *BLOCK, "--set", "colour=red", "--set", "number=1", status=1)
    assert [(one["code"], one["field"]) for one in unknown["problems"]] == [("U01", "colour"), ("U01", "number")]


def test_wrong_usage(sqlite_eld: Eld) -> None:
    for arguments in (
        ADDRESS,
        ("01134960700", *BLOCK, *ADDRESS),
        ("--from", "01134960700", *ADDRESS),
        ("01134960700", "--except", "01134960701", *ADDRESS),
        ("01134960700", *ADDRESS, "--set", "premises=x"),
        ("01134960700",),
    ):
        assert "Usage: " in sqlite_eld("locations", "set", *arguments, status=2).stderr
