"""`eld user mail`: a rehearsal without a mail server reads its letters on the command line."""

from cli_hand import Eld

from app.services.people.particulars import Particulars
from app.services.people.signing_up import sign_up
from app.services.people.visits import Visit
from app.services.system import open_system
from app.settings import load_settings

TYPED = Particulars(
    business_name="Quarry Lane Joiners Ltd",
    contact_name="Kim Hartwell",
    billing_address="12 Dewsbury Road, Leeds",
    billing_postcode="LS11 5DF",
    email="kim@quarry.example",
    landline="0113 496 0123",
)


def ask(database_url: str, eld: Eld, **settings: str) -> None:
    environ = {"ELD_DEMO": "1", "ELD_DATA_DIR": str(eld.data_dir), "ELD_DATABASE_URL": database_url} | settings
    system = open_system(load_settings(environ))
    sign_up(system, TYPED, Visit("192.0.2.1"))
    system.database.dispose()


def test_letters_are_shown_once(empty_eld, database_url) -> None:
    empty_eld("db", "upgrade")
    assert empty_eld.json("user", "mail") == []
    assert empty_eld("user", "mail").stdout == "no mail waits\n"
    ask(database_url, empty_eld)
    (letter,) = empty_eld.json("user", "mail")
    assert set(letter) == {"to", "subject", "text"}
    assert "http://127.0.0.1:8999/sign-up/confirm/" in letter["text"]
    assert empty_eld.json("user", "mail") == []
    ask(database_url, empty_eld)
    shown = empty_eld("user", "mail").stdout
    assert shown.startswith("To: kim@quarry.example\nSubject: Confirm your e-mail address for Numbergroup\n\n")
    assert "/sign-up/confirm/" in shown


def test_where_a_server_is_set_only_how_they_stand(empty_eld, database_url, monkeypatch) -> None:
    monkeypatch.setenv("ELD_MAIL_SMTP", "smtp://127.0.0.1:9")
    empty_eld("db", "upgrade")
    assert empty_eld("user", "mail").stdout == "no mail waits\n"
    ask(database_url, empty_eld)
    (line,) = empty_eld.json("user", "mail")
    assert (line["kind"], line["tries"], line["fault"]) == ("sign-up", 0, "")
    text = empty_eld("user", "mail").stdout
    assert "sign-up" in text
    assert "kim" not in text
    assert "/confirm/" not in text
