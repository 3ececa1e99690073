"""SEQGAP: the missing file and then this one go again by themselves, byte-identical, or a person is called."""

import hashlib
from datetime import timedelta

import pytest

from app.errors import CallAPerson, NotAllowed
from app.models.replies import Case
from app.services.exports.files import release_file
from app.services.exports.gaps import mend_gaps
from emergency_export.faults import TransportDown

MINUTE = timedelta(minutes=1)


@pytest.fixture
def three(stage):
    """Three files: the first was taken, nothing came for the others."""
    for place in (1, 2, 3):
        stage.register(place)
        stage.night()
        if place == 1:
            stage.accept()
        stage.tomorrow()
    return stage


def says(stage, place, reason=""):
    """The agent answers the file in place 1, 2, 3 ...; a minute goes by."""
    stage.fco(stage.files()[place - 1], reason)
    stage.collect()
    stage.clock.advance(MINUTE)


def mended(stage):
    """Mend, and return the places of the files that went again."""
    names = [file.file_name for file in stage.files()]
    return [names.index(name) + 1 for name in mend_gaps(stage.system, stage.cli)]


def cases(stage):
    return [(case.code, case.state, case.urgent) for case in stage.all(Case)]


def resends(stage):
    return [file.resends for file in stage.files()]


def test_the_agent_that_lost_a_file_gets_it_again_and_both_are_taken(stage):
    agent = stage.agent()
    stage.register(1)
    stage.night()
    agent.step()
    stage.collect()
    stage.register(2)
    stage.night()
    (lost,) = stage.rows()
    first_bytes = (stage.root / "outbox" / stage.files()[1].file_name).read_bytes()
    (stage.root / "outbox" / stage.files()[1].file_name).unlink()
    stage.tomorrow()
    stage.register(3)
    stage.night()
    agent.step()
    stage.collect()
    assert [(file.state, file.reason) for file in stage.files()] == [
        ("FCO_ACCEPTED", ""),
        ("DELIVERED", ""),
        ("DELIVERED", "SEQGAP"),
    ]
    assert mended(stage) == [2, 3]
    path = stage.root / "outbox" / stage.files()[1].file_name
    assert path.read_bytes() == first_bytes
    assert hashlib.sha256(first_bytes).hexdigest() == stage.files()[1].sha256
    stage.clock.advance(MINUTE)
    agent.step()
    stage.collect()
    assert [file.state for file in stage.files()] == ["FCO_ACCEPTED"] * 3
    assert [stage.record(place)["accepted_state"] for place in (1, 2, 3)] == ["live"] * 3
    assert cases(stage) == [("SEQGAP", "closed", False)]
    assert stage.all(Case)[0].closed_why == "answered: the agent accepted the file"
    assert mended(stage) == []
    assert lost.telephone_no.endswith("002")


def test_a_run_by_hand_mends_first_and_says_so(three):
    says(three, 3, "SEQGAP")
    three.register(4)
    report = three.night()
    names = [file.file_name for file in three.files()]
    assert report.sent_again == names[1:3]
    assert [file["file_name"] for file in report.files] == names[3:]


def test_each_word_of_the_agent_is_answered_once(three):
    assert mended(three) == []
    says(three, 3, "SEQGAP")
    assert mended(three) == [2, 3]
    assert resends(three) == [0, 1, 1]
    assert three.files()[2].resent_at == three.clock.now()
    assert mended(three) == [], "the agent has not answered yet"
    says(three, 2)
    says(three, 3, "SEQGAP")
    assert mended(three) == [3], "it may have told so before it took the other"
    says(three, 3)
    assert cases(three) == [("SEQGAP", "closed", False)]


def test_all_that_wait_behind_the_gap_go_again_in_order(three):
    three.register(4)
    three.night()
    says(three, 4, "SEQGAP")
    says(three, 3, "SEQGAP")
    assert mended(three) == [2, 3, 4]


def test_after_three_times_a_person_is_called_and_nothing_more_is_sent(three):
    for _ in range(3):
        says(three, 3, "SEQGAP")
        assert mended(three) == [2, 3]
    says(three, 3, "SEQGAP")
    for _ in range(2):
        assert mended(three) == []
    assert resends(three) == [0, 3, 3]
    assert cases(three) == [("SEQGAP", "open", True)]
    assert "3 times" in three.all(Case)[0].text
    assert three.events().count("case_opened") == 2, "it is said once"


STOPS = {
    "the missing one was refused": ([(2, "BADCOUNT"), (3, "SEQGAP")], [], "had itself refused (BADCOUNT)"),
    "it has the missing one": ([(3, "SEQGAP"), (2, "SEQDUP"), (3, "SEQGAP")], [2, 3], "already"),
    "it took the missing one": ([(2, ""), (3, "SEQGAP"), (3, "SEQGAP")], [3], "has taken"),
}


@pytest.mark.parametrize("case", STOPS)
def test_where_it_contradicts_itself_a_person_is_called(three, case):
    words, sent, why = STOPS[case]
    found = []
    for place, reason in words:
        says(three, place, reason)
        found += mended(three)
    assert found == sent
    texts = [item.text for item in three.all(Case) if item.code == "SEQGAP" and item.state != "closed"]
    assert len(texts) == 1
    assert why in texts[0]
    assert three.files()[2].state == "DELIVERED"


def test_our_first_file_has_none_before_it(stage):
    stage.register(1)
    stage.night()
    says(stage, 1, "SEQGAP")
    assert mended(stage) == []
    assert "our first" in stage.all(Case)[0].text


def test_while_a_refusal_holds_nothing_is_sent_again(three):
    three.register(4)
    three.night()
    says(three, 3, "SEQGAP")
    says(three, 4, "BADCUPID")
    assert mended(three) == []
    release_file(three.system, three.staff, three.files()[3].file_name)
    assert mended(three) == [2, 3]


def test_a_transport_that_breaks_between_the_two_is_gone_on_with(three, monkeypatch):
    says(three, 3, "SEQGAP")
    put, calls = three.system.transport.put, []

    def broken(name, *arguments, **options):
        calls.append(name)
        if len(calls) == 2:
            raise TransportDown("the line broke")
        return put(name, *arguments, **options)

    monkeypatch.setattr(three.system.transport, "put", broken)
    with pytest.raises(TransportDown):
        mend_gaps(three.system, three.cli)
    assert mended(three) == [2, 3]


def test_an_older_copy_of_the_database_sends_nothing(three, monkeypatch):
    says(three, 3, "SEQGAP")

    def refuse(_):
        raise CallAPerson("an older copy")

    monkeypatch.setattr("app.services.exports.gaps.refuse_older_copy", refuse)
    with pytest.raises(CallAPerson):
        mend_gaps(three.system, three.cli)
    assert resends(three) == [0, 0, 0]


def test_customers_mend_nothing(stage):
    with pytest.raises(NotAllowed):
        mend_gaps(stage.system, stage.customer)


@pytest.mark.parametrize("proof", ["fco", "car"])
def test_an_answer_makes_the_gap_obsolete(three, proof):
    says(three, 3, "SEQGAP")
    if proof == "fco":
        says(three, 3)
    else:
        three.answer("0037")
    assert mended(three) == []
    assert cases(three) == [("SEQGAP", "closed", False)]
    assert three.all(Case)[0].closed_why.startswith("answered")
