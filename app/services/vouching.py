"""Accounts that signed themselves up: until operations vouch for one, a person looks at each new number of it (N13)."""

from datetime import datetime

from app.audit.events import Action
from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.errors import Conflict, NotFound
from app.models.accounts import Account
from app.services.access import authorise, authorise_account
from app.services.system import System


def vouched_since(system: System, actor: Actor, account_id: int) -> datetime | None:
    """Return since when the provider vouches for an account, None where nobody does; NotFound where there is none."""
    authorise_account(actor, Permission.SEE_ACCOUNT, account_id)
    with system.database.reading() as look:
        account = look.session.get(Account, account_id)
        if account is None:
            raise NotFound("there is no such account")
        return account.vouched_at


def vouch_for(system: System, actor: Actor, account_id: int) -> None:
    """Say that the provider knows whose the account is: its new numbers go out unseen from now on.

    What waits for a person goes on waiting. NotFound where there is no such account, Conflict where somebody
    vouched for it already.
    """
    authorise(actor, Permission.MANAGE_NUMBERS)
    with system.database.unit_of_work() as work:
        account = work.session.get(Account, account_id, with_for_update=True)
        if account is None:
            raise NotFound("there is no such account")
        if account.vouched_at is not None:
            raise Conflict("this account is vouched for already")
        account.vouched_at, account.vouched_by = system.clock.now(), actor.name
        system.record(work, actor, Action.ACCOUNT_VOUCHED, ("account", account_id), {}, account_id=account_id)
        work.commit()
