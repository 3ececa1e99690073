"""Many at once for an account: operations import what a customer has sent them."""

from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission
from app.services.accounts import list_accounts
from app.web.desk import the_actor, the_system
from app.web.forms.bulk import AccountUploadForm
from app.web.portal.bulk import put_views, receive_for, start_page
from app.web.rooms import For, Room

room = Room("ops_bulk", audience=For.STAFF, needs=Permission.IMPORT_LOCATIONS, prefix="/ops/bulk")


@room.get("")
def start() -> ResponseReturnValue:
    """Ask for the file, and whose it is."""
    return start_page(_form())


@room.post("")
def receive() -> ResponseReturnValue:
    """Keep the upload, look through it, and show what is in it."""
    form = _form()
    return receive_for(int(form.account.data), form) if form.validate() else start_page(form, 422)


put_views(room)


def _form() -> AccountUploadForm:
    form = AccountUploadForm()
    form.account.choices = [
        ("", "Choose the account"),
        *((str(account.id), account.name) for account in list_accounts(the_system(), the_actor())),
    ]
    return form
