"""The accounts as staff see them; looked for by a form's body, so that no name stands in an address."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.permissions import Permission, permitted_to
from app.services.account_list import count_statuses, find_accounts
from app.services.api_keys import list_keys
from app.services.people.access_log import list_access
from app.services.people.account_data import show_account
from app.services.people.invitations import list_invitations
from app.services.people.members import list_members
from app.services.vouching import vouch_for, vouched_since
from app.web.account.access import before_asked, kept_for
from app.web.account.data import name_fields
from app.web.account.member_acts import factor_reset, only_owner, removal, role_page
from app.web.account_words import ACCESS_KINDS, scope_words
from app.web.asking import Question, ask
from app.web.desk import the_actor, the_system
from app.web.forms.particulars import ParticularsForm
from app.web.forms.search import page_asked
from app.web.forms.staff import AccountSearchForm
from app.web.rooms import For, Room

room = Room("accounts", audience=For.STAFF, needs=Permission.SEE_ACCOUNT, prefix="/ops/accounts")


@room.route("", methods=["GET", "POST"])
def listing() -> ResponseReturnValue:
    """List the accounts, or those whose name has in it what was asked for."""
    form = AccountSearchForm()
    name = str(form.name.data or "").strip() if request.method == "POST" else ""
    form.name.data = name
    found = find_accounts(the_system(), the_actor(), name, page_asked())
    return render_template("ops/accounts.html", form=form, found=found, name=name)


@room.get("/<int:account_id>")
def show(account_id: int) -> ResponseReturnValue:
    """Show one account as far as the visitor may see it; that it was read is noted in the trail."""
    system, actor = the_system(), the_actor()
    kept = show_account(system, actor, account_id)
    form = ParticularsForm(formdata=None)
    name_fields(form)
    form.show(kept)
    members = list_members(system, actor, account_id) if permitted_to(actor, Permission.SEE_PEOPLE) else []
    return render_template(
        "ops/account.html",
        account_id=account_id,
        kept=kept,
        vouched=vouched_since(system, actor, account_id),
        form=form,
        counts=count_statuses(system, actor, account_id) if permitted_to(actor, Permission.SEE_RECORD) else None,
        members=members,
        only_owner=only_owner(members),
        invitations=list_invitations(system, actor, account_id) if members else [],
        keys=list_keys(system, actor, account_id) if permitted_to(actor, Permission.MANAGE_API_KEYS) else None,
        words=scope_words,
    )


@room.route("/<int:account_id>/vouch", methods=["GET", "POST"])
@room.needs(Permission.MANAGE_NUMBERS)
def vouch(account_id: int) -> ResponseReturnValue:
    """Ask, then let the account's new numbers go out without a person's look."""
    name = show_account(the_system(), the_actor(), account_id).business_name
    since = vouched_since(the_system(), the_actor(), account_id)
    lead = (
        "It signed itself up. Once you vouch for it, any number of ours that is not in use goes out as soon as"
        " the account registers it: nobody checks any more that it is theirs. What waits in Reviews still waits."
    )
    question = Question(
        f"Vouch for {name}?" if since is None else f"{name} is vouched for",
        lead if since is None else "There is nothing left to do.",
        "Vouch for it" if since is None else "",
        url_for(".show", account_id=account_id),
        keep="Leave it as it is" if since is None else "Back",
        warning=since is None,
    )

    def act() -> str:
        vouch_for(the_system(), the_actor(), account_id)
        return f"{name} is vouched for."

    return ask(question, act)


@room.get("/<int:account_id>/access")
@room.needs(Permission.SEE_ACCESS_LOG)
def access(account_id: int) -> ResponseReturnValue:
    """Show a page of the account's access log."""
    before = before_asked()
    kept = show_account(the_system(), the_actor(), account_id)
    found = list_access(the_system(), the_actor(), account_id, before)
    return render_template(
        "ops/account_access.html",
        account_id=account_id,
        name=kept.business_name,
        found=found,
        kinds=ACCESS_KINDS,
        kept_for=kept_for(),
        first=before is None,
    )


@room.route("/<int:account_id>/people/<int:user_id>/role", methods=["GET", "POST"])
@room.needs(Permission.MANAGE_PEOPLE)
def role(account_id: int, user_id: int) -> ResponseReturnValue:
    """Give one of the account's people another role, where its owners cannot any more."""
    return role_page(account_id, user_id, url_for(".show", account_id=account_id))


@room.route("/<int:account_id>/people/<int:user_id>/remove", methods=["GET", "POST"])
@room.needs(Permission.MANAGE_PEOPLE)
def remove(account_id: int, user_id: int) -> ResponseReturnValue:
    """Take somebody out of the account."""
    return removal(account_id, user_id, url_for(".show", account_id=account_id))


@room.route("/<int:account_id>/people/<int:user_id>/second-factor", methods=["GET", "POST"])
@room.needs(Permission.MANAGE_PEOPLE)
def reset_factor(account_id: int, user_id: int) -> ResponseReturnValue:
    """Take away the second factor of one who lost theirs."""
    return factor_reset(account_id, user_id, url_for(".show", account_id=account_id))
