"""An account's own data, seen and changed by its owners (P1)."""

from dataclasses import asdict

from app.audit.events import Action
from app.domain.actors import Actor
from app.domain.permissions import Permission
from app.errors import NotFound, Refused
from app.models.accounts import Account
from app.services.access import authorise_account, note_reading
from app.services.people.acting import lock_account
from app.services.people.particulars import Particulars, check_particulars, particulars_of
from app.services.system import System


def show_account(system: System, actor: Actor, account_id: int) -> Particulars:
    """Return what the account has given of itself."""
    authorise_account(actor, Permission.SEE_ACCOUNT, account_id)
    with system.database.reading() as look:
        account = look.session.get(Account, account_id)
        if account is None:
            raise NotFound("there is no such account")
        found = particulars_of(account)
    note_reading(system, actor, "account-data", ("account", account_id))
    return found


def change_account(system: System, actor: Actor, account_id: int, typed: Particulars) -> list[str]:
    """Change the account's data and return the names of the fields that changed; Refused with every finding at once.

    The billing address stays apart from the address book: it becomes no place where a number is used (A09). The
    e-mail address is the one to which the account is written; with which one a person logs in is their own matter.
    """
    authorise_account(actor, Permission.CHANGE_ACCOUNT, account_id)
    checked = check_particulars(typed, demo=system.settings.demo)
    if checked.problems:
        raise Refused(checked.problems)
    with system.database.unit_of_work() as work:
        account = lock_account(work, actor, account_id)
        before = asdict(particulars_of(account))
        changed = checked.particulars.put_into(account)
        if changed:
            after = asdict(checked.particulars)
            system.record(
                work,
                actor,
                Action.ACCOUNT_CHANGED,
                ("account", account_id),
                {"fields": changed},
                values={name: {"before": before[name], "after": after[name]} for name in changed},
                account_id=account_id,
            )
            work.commit()
    return changed
