"""The account: where everything about it is found, and what the business has given of itself (P1)."""

from typing import NamedTuple

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission, permitted_to
from app.errors import Refused
from app.services.people.account_data import change_account, show_account
from app.web.desk import the_account, the_actor, the_system
from app.web.findings import Findings, place
from app.web.forms.particulars import ParticularsForm
from app.web.rooms import For, Room

room = Room("account", audience=For.CUSTOMERS, needs=Permission.SEE_ACCOUNT, prefix="/account")


class Shelf(NamedTuple):
    """A part of the account that has a page of its own."""

    text: str
    target: str
    needs: Permission
    about: str


SHELVES = (
    Shelf(
        "Account data",
        "account.data",
        Permission.SEE_ACCOUNT,
        "Name of the business, contact, billing address, telephone, company and VAT numbers.",
    ),
    Shelf(
        "People",
        "people.listing",
        Permission.MANAGE_PEOPLE,
        "Who may log in for this account, and what they may do. Invite somebody, change a role, take somebody out.",
    ),
    Shelf(
        "Access log",
        "access_log.listing",
        Permission.SEE_ACCESS_LOG,
        "Every log-in and every call of a program: when, from which network address, with what.",
    ),
    Shelf(
        "API keys",
        "api_keys.listing",
        Permission.MANAGE_API_KEYS,
        "Keys by which your own programs register and read addresses.",
    ),
    Shelf(
        "Webhooks",
        "webhooks.listing",
        Permission.MANAGE_WEBHOOKS,
        "Addresses of yours that are told of each status change, signed, until one is taken.",
    ),
)


@room.get("")
def home() -> ResponseReturnValue:
    """Lead to the parts of the account that the visitor may see."""
    shelves = [shelf for shelf in SHELVES if permitted_to(the_actor(), shelf.needs)]
    return render_template("account/home.html", shelves=shelves)


@room.get("/data")
def data() -> ResponseReturnValue:
    """Show what the business has given of itself: to an owner as a form."""
    form = ParticularsForm()
    form.show(show_account(the_system(), the_actor(), the_account()))
    return _page(form, Findings())


@room.post("/data")
@room.needs(Permission.CHANGE_ACCOUNT)
def change() -> ResponseReturnValue:
    """Change what an owner has typed, or say all that is wrong with it at once."""
    form = ParticularsForm()
    try:
        changed = change_account(the_system(), the_actor(), the_account(), form.particulars())
    except Refused as refused:
        return _page(form, place(form, refused.problems), 422)
    name_fields(form)
    names = ", ".join(str(form[name].label.text) for name in changed)
    flash(f"Changed: {names}." if changed else "Nothing was changed.", "done" if changed else "message")
    return redirect(url_for(".data"), 303)


def name_fields(form: ParticularsForm) -> None:
    """Call the fields what they are once the account is open: whoever reads this need not be the contact."""
    form.contact_name.label.text = "Contact name"
    form.company_number.label.text, form.vat_number.label.text = "Company number", "VAT number"


def _page(form: ParticularsForm, findings: Findings, status: int = 200) -> ResponseReturnValue:
    name_fields(form)
    may_change = permitted_to(the_actor(), Permission.CHANGE_ACCOUNT)
    return render_template("account/data.html", form=form, findings=findings, may_change=may_change), status
