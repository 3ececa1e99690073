"""`eld webhooks`: what customers' servers were told, and told again."""

from cli_hand import Eld

from app.domain.actors import Actor, Role
from app.services.system import open_system
from app.services.webhooks.delivering import deliver_due
from app.services.webhooks.replaying import send_test
from app.services.webhooks.subscriptions import add_subscription, switch_off
from app.settings import load_settings

STAFF = Actor("cli:test", Role.OPERATIONS)


def test_webhooks_are_listed_shown_and_replayed(empty_eld: Eld, database_url: str) -> None:
    empty_eld("db", "upgrade")
    assert empty_eld("webhooks", "list").stdout == "there is no webhook\n"
    environ = {"ELD_DEMO": "1", "ELD_DATA_DIR": str(empty_eld.data_dir), "ELD_DATABASE_URL": database_url}
    system = open_system(load_settings(environ))
    made = add_subscription(system, STAFF, 1, "http://127.0.0.1:9/hook")
    event = send_test(system, STAFF, made.id)
    assert deliver_due(system) == 0

    (line,) = empty_eld.json("webhooks", "list")
    assert (line["id"], line["url"], line["on"], line["waiting"]) == (made.id, "http://127.0.0.1:9/hook", True, 1)
    assert empty_eld.json("webhooks", "list", "--account", "1") == [line]
    assert "failing since" in empty_eld("webhooks", "list").stdout
    shown = empty_eld.json("webhooks", "show", str(made.id))
    assert [(one["event_id"], one["taken"]) for one in shown["attempts"]] == [(event, False)]
    assert "it cannot be reached" in empty_eld("webhooks", "show", str(made.id)).stdout
    assert made.secret not in str(shown)
    assert empty_eld.json("webhooks", "replay", str(made.id), "--event", str(event)) == {"id": made.id, "events": 1}
    assert empty_eld.json("webhooks", "replay", str(made.id), "--hours", "24") == {"id": made.id, "events": 0}
    switch_off(system, STAFF, made.id)
    system.database.dispose()
    assert "turn it on first" in empty_eld("webhooks", "replay", str(made.id), "--hours", "1", status=1).stderr
    empty_eld("webhooks", "replay", str(made.id), status=2)
    empty_eld("webhooks", "show", "99", status=1)
