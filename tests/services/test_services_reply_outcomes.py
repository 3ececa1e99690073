"""Each kind of reply file and each kind of row, through real files: one outcome each, by its name."""

from datetime import timedelta
from itertools import count

import pytest
from stage import number

from app.domain.files import ReplyFileOutcome
from app.domain.outcomes import Effect
from app.models.replies import Case, Reply, ReplyFile
from app.services.exports.files import resend_file
from app.services.transactions import abandon

MINUTE = timedelta(minutes=1)


def fco(reason="", **facts):
    def lay(stage):
        stage.fco(reason=reason, **facts)

    return lay


def car(code, place=1, sequence=None, text=""):
    """One answer to the record of a number; `sequence` is the CAR's number."""

    def lay(stage):
        if sequence is not None:
            stage._cars = count(sequence)
        row = next(row for row in stage.rows() if row.telephone_no == number(place))
        stage.car(stage.reply(row, code, text=text))

    return lay


def again(stage):
    resend_file(stage.system, stage.staff, stage.files()[-1].file_name)


def same_bytes(stage):
    path = max((stage.root / "archive").iterdir(), key=lambda path: path.stat().st_mtime_ns)
    stage.put(path.name, path.read_bytes())


def cut(stage):
    name, content = stage.car_bytes(stage.reply(stage.rows()[0], "0037"))
    stage.put(name, content[:-30])


FILES = {
    # what comes, one collection each -> outcomes in order, codes of the cases about files that are not closed
    "accepted": ([fco()], ["accepted"], []),
    "accepted, another count": ([fco(received_count=7)], ["miscounted"], ["BADCOUNT"]),
    "BADHEADER": ([fco("BADHEADER")], ["refused"], ["BADHEADER"]),
    "BADCOUNT": ([fco("BADCOUNT")], ["refused"], ["BADCOUNT"]),
    "BADCHECKSUM": ([fco("BADCHECKSUM")], ["refused"], ["BADCHECKSUM"]),
    "no reason": ([fco(rejected=True)], ["refused"], ["REJECTED"]),
    "BADNAME": ([fco("BADNAME")], ["holds"], ["BADNAME"]),
    "NONASCII": ([fco("NONASCII")], ["holds"], ["NONASCII"]),
    "BADLENGTH": ([fco("BADLENGTH")], ["holds"], ["BADLENGTH"]),
    "BADCUPID": ([fco("BADCUPID")], ["holds"], ["BADCUPID"]),
    "SEQGAP": ([fco("SEQGAP")], ["sequence gap"], ["SEQGAP"]),
    "SEQGAP twice": ([fco("SEQGAP"), fco("SEQGAP")], ["sequence gap"] * 2, ["SEQGAP"]),
    "SEQGAP, then accepted": ([fco("SEQGAP"), fco()], ["sequence gap", "accepted"], []),
    "SEQGAP, then refused": ([fco("SEQGAP"), fco("BADCOUNT")], ["sequence gap", "refused"], ["BADCOUNT"]),
    "SEQGAP, then a record answered": ([fco("SEQGAP"), car("0037")], ["sequence gap", "applied"], []),
    "SEQGAP late": ([again, fco(), fco("SEQGAP")], ["accepted", "late"], []),
    "SEQDUP": ([fco("SEQDUP")], ["duplicate"], ["SEQDUP"]),
    "SEQGAP, then SEQDUP": ([fco("SEQGAP"), fco("SEQDUP")], ["sequence gap", "duplicate"], ["SEQDUP"]),
    "SEQDUP, then accepted": ([fco("SEQDUP"), fco()], ["duplicate", "accepted"], []),
    "SEQDUP after accepted": ([fco(), fco("SEQDUP")], ["accepted", "own resend"], []),
    "SEQDUP after a record answered": ([car("0013"), fco("SEQDUP")], ["applied", "own resend"], []),
    "accepted twice": ([fco(), fco()], ["accepted", "repeated"], []),
    "refused twice": ([fco("BADCOUNT"), fco("BADHEADER")], ["refused", "repeated"], ["BADCOUNT"]),
    "the same FCO": ([fco(), same_bytes], ["accepted", "repeated"], []),
    "accepted after refused": ([fco("BADCOUNT"), fco()], ["refused", "contradicts"], ["BADCOUNT", "CONTRADICTS"]),
    "refused after accepted": ([fco(), fco("BADCOUNT")], ["accepted", "contradicts"], ["CONTRADICTS"]),
    "refused after a record answered": ([car("0037"), fco("BADCOUNT")], ["applied", "contradicts"], ["CONTRADICTS"]),
    "SEQGAP after accepted": ([fco(), fco("SEQGAP")], ["accepted", "contradicts"], ["CONTRADICTS"]),
    "CARs in order": ([car("0037", 1, 317), car("0037", 2, 318)], ["applied"] * 2, []),
    "a CAR is missing": ([car("0037", 1, 5), car("0037", 2, 8)], ["applied", "after gap"], ["CARGAP"]),
    "the missing CARs come": (
        [car("0013", 1, 5), car("0037", 2, 8), car("0018", 1, 7), car("0037", 1, 6)],
        ["applied", "after gap", "fills gap", "fills gap"],
        [],
    ),
    "a CAR from before our time": ([car("0037", 1, 5), car("0037", 2, 4)], ["applied", "out of turn"], []),
    "the numbering begins again": (
        [car("0013", 1, 500), car("0037", 2, 1), car("0037", 1, 2)],
        ["applied", "restarted", "applied"],
        ["CARRESTART"],
    ),
    "a number twice": (
        [car("0013", 1, 5), car("0013", 2, 6), car("0037", 1, 5), car("0037", 2, 6)],
        ["applied", "applied", "number twice", "number twice"],
        ["CARTWICE"],
    ),
    "a CAR made anew": ([car("0037", 1, 5), car("0037", 1, 5)], ["applied", "number twice"], []),
    "the same CAR": ([car("0037"), same_bytes], ["applied", "repeated"], []),
    "damaged": ([cut], ["quarantined"], ["QUARANTINE"]),
}


@pytest.mark.parametrize("case", FILES)
def test_each_reply_file_has_one_outcome(sent, case):
    steps, outcomes, codes = FILES[case]
    for step in steps:
        step(sent)
        sent.collect()
        sent.clock.advance(MINUTE)
    assert [file.outcome for file in sent.all(ReplyFile)] == outcomes
    assert [found.code for found in sent.all(Case) if found.number_id is None and found.state != "closed"] == codes


def test_every_outcome_of_a_file_is_shown_above():
    assert {outcome for _, outcomes, _ in FILES.values() for outcome in outcomes} == set(ReplyFileOutcome)


def abandoned(stage):
    abandon(stage.system, stage.staff, file_name=stage.files()[-1].file_name, why="nobody answers")


ROWS = {
    # what comes for number 1 -> effects in order, states of its transactions, accepted, its cases
    "done": ([car("0037")], ["applied"], ["COMPLETED"], "live", []),
    "non-final, then final": ([car("0018"), car("0037")], ["applied"] * 2, ["COMPLETED"], "live", []),
    "final, then non-final": ([car("0037"), car("0018")], ["applied", "late"], ["COMPLETED"], "live", []),
    "a note": ([car("0013")], ["noted"], ["FCO_ACCEPTED"], "none", []),
    "refused": ([car("0101")], ["applied"], ["ERROR_FINAL"], "none", ["0101"]),
    "refused twice": ([car("0101"), car("0101")], ["applied", "repeated"], ["ERROR_FINAL"], "none", ["0101"]),
    "heals": ([car("0103")], ["applied"], ["ERROR_FINAL", "NEW"], "unknown", []),
    "done, then refused": ([car("0037"), car("0057")], ["applied", "contradicts"], ["COMPLETED"], "live", ["0057"]),
    "refused, then done": ([car("0057"), car("0037")], ["applied", "contradicts"], ["ERROR_FINAL"], "none", ["0037"]),
    "unknown": ([car("0777")], ["unknown code"], ["FCO_ACCEPTED"], "none", ["0777"]),
    "unknown twice": ([car("0777"), car("0777", text="x")], ["unknown code"] * 2, ["FCO_ACCEPTED"], "none", ["0777"]),
    "of another command": ([car("0038")], ["unknown code"], ["FCO_ACCEPTED"], "none", ["0038"]),
    "after it was given up": ([abandoned, car("0037")], ["late"], ["ABANDONED", "NEW"], "unknown", []),
    "after its file was refused": (
        [fco("BADCOUNT"), car("0037")], ["contradicts"], ["FCO_REJECTED", "NEW"], "none", ["0037"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ROWS)
def test_each_row_has_one_effect(sent, case):
    steps, effects, states, accepted, codes = ROWS[case]
    for step in steps:
        step(sent)
        sent.collect()
        sent.clock.advance(MINUTE)
    assert [reply.effect for reply in sent.all(Reply)] == effects
    assert (sent.states(1), sent.record(1)["accepted_state"]) == (states, accepted)
    assert [found["code"] for found in sent.record(1)["cases"]] == codes
    assert sent.states(2)[0] in {"DELIVERED", "FCO_REJECTED", "ABANDONED"}, "a CAR that answers only a part"


def test_a_row_that_answers_nothing_of_ours_is_unsolicited_and_every_effect_is_shown(sent):
    sent.car(sent.reply(sent.rows()[0], "0037", txn_ref=""))
    sent.collect()
    assert [reply.effect for reply in sent.all(Reply)] == [Effect.UNSOLICITED]
    assert {effect for _, effects, *_ in ROWS.values() for effect in effects} == set(Effect) - {Effect.UNSOLICITED}
