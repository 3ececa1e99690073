"""`eld api-key`: keys by which the programs of an account, or of a member of staff (`--as`), call the API."""

from dataclasses import asdict

import click

from app.cli.output import json_option, show, table
from app.cli.parameters import ID
from app.cli.program import CommandGroup
from app.cli.session import opened
from app.errors import NotFound
from app.services.accounts import only_account
from app.services.api_keys import Scope, list_keys, make_key, revoke_key, scopes_to_give
from app.services.staff_keys import StaffScope, list_staff_keys, make_staff_key, revoke_staff_key, staff_scopes_of


@click.group("api-key", cls=CommandGroup)
def api_key() -> None:
    """Manage the keys of the API."""


@api_key.command()
@click.option("--account", type=ID, metavar="ID", help="The account; not needed where there is only one.")
@click.option("--own", is_flag=True, help="A key of the member of staff named by `--as`, which acts with their role.")
@click.option("--name", required=True, help="What will use it, for example `order system`.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in (*Scope, *StaffScope)]),
    help="What it may be used for, once for each; all that you can give where none is named.",
)
@json_option({"id": None, "key": None, "prefix": None})
def make(account: int | None, own: bool, name: str, scopes: tuple[str, ...]) -> None:
    """Make a key and show it, this once."""
    if own and account is not None:
        raise click.UsageError("a key is an account's or your own: give --account or --own, not both")
    with opened() as (system, actor):
        if own:
            made = make_staff_key(system, actor, name, scopes or staff_scopes_of(actor))
        else:
            account_id = only_account(system) if account is None else account
            made = make_key(system, actor, account_id, name, scopes or scopes_to_give(actor))
    show(asdict(made), lambda: [f"key {made.id} made; shown this once:", made.key])


@api_key.command("list")
@click.option("--account", type=ID, metavar="ID", help="Only this account's.")
@click.option("--own", is_flag=True, help="Only those of the member of staff named by `--as`.")
@json_option([])
def list_command(account: int | None, own: bool) -> None:
    """List the keys, the newest first; never the keys themselves."""
    with opened() as (system, actor):
        keys = list_staff_keys(system, actor) if own else list_keys(system, actor, account)
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
        try:
            revoke_key(system, actor, key_id)
        except NotFound:
            revoke_staff_key(system, actor, key_id)
    show({"id": key_id, "state": "revoked"}, lambda: [f"key {key_id} revoked"])
