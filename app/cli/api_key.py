"""`eld api-key`: keys by which an account's programs call the API."""

from dataclasses import asdict

import click

from app.cli.output import json_option, show, table
from app.cli.parameters import ID
from app.cli.program import CommandGroup
from app.cli.session import opened
from app.services.accounts import only_account
from app.services.api_keys import Scope, list_keys, make_key, revoke_key


@click.group("api-key", cls=CommandGroup)
def api_key() -> None:
    """Manage the keys of the API."""


@api_key.command()
@click.option("--account", type=ID, metavar="ID", help="The account; not needed where there is only one.")
@click.option("--name", required=True, help="What will use it, for example `order system`.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in Scope]),
    help="What it may be used for, once for each; everything where none is given.",
)
@json_option({"id": None, "key": None, "prefix": None})
def make(account: int | None, name: str, scopes: tuple[str, ...]) -> None:
    """Make a key and show it, this once."""
    with opened() as (system, actor):
        account_id = only_account(system) if account is None else account
        made = make_key(system, actor, account_id, name, scopes or tuple(Scope))
    show(asdict(made), lambda: [f"key {made.id} made; shown this once:", made.key])


@api_key.command("list")
@click.option("--account", type=ID, metavar="ID", help="Only this account's.")
@json_option([])
def list_command(account: int | None) -> None:
    """List the keys, the newest first; never the keys themselves."""
    with opened() as (system, actor):
        keys = list_keys(system, actor, account)
    show(
        [asdict(key) for key in keys],
        lambda: table(
            ["id", "account", "name", "begins with", "scopes", "made by", "last used", "revoked"],
            [
                (
                    key.id,
                    key.account,
                    key.name,
                    f"eld_{key.prefix}",
                    " ".join(key.scopes),
                    key.made_by,
                    key.last_used_at and key.last_used_at.isoformat(),
                    key.revoked_at and key.revoked_at.isoformat(),
                )
                for key in keys
            ],
        ),
    )


@api_key.command()
@click.argument("key_id", type=ID, metavar="ID")
@json_option({"id": None, "state": None})
def revoke(key_id: int) -> None:
    """End a key at once."""
    with opened() as (system, actor):
        revoke_key(system, actor, key_id)
    show({"id": key_id, "state": "revoked"}, lambda: [f"key {key_id} revoked"])
