"""What people leave in an installation: invitations, keys, webhooks, enquiries, messages, and links in their mails."""

import re

from sqlalchemy import select

from app.domain.actors import AccountRole, Actor, Role
from app.models.accounts import User
from app.models.webhooks import WebhookEvent
from app.services.accounts import only_account
from app.services.api_keys import make_key
from app.services.enquiries.asking import make_enquiry
from app.services.enquiries.typed import TypedEnquiry
from app.services.enquiries.working import answer_enquiry
from app.services.messages.threads import list_threads
from app.services.messages.writing import write_to_customer
from app.services.people.email_change import ask_email_change
from app.services.people.invitations import invite
from app.services.people.mail import show_waiting
from app.services.people.particulars import Particulars
from app.services.people.passwords import ask_reset
from app.services.people.signing_up import sign_up
from app.services.people.visits import Visit
from app.services.setup import DEMO_PASSWORD
from app.services.system import System
from app.services.webhooks.replaying import send_test
from app.services.webhooks.subscriptions import add_subscription

POSTMAN = Actor("postman", Role.ADMINISTRATOR)
HOME = Visit("192.0.2.7", "A browser")
NEWCOMER = Particulars(
    business_name="Quayside Cycles Ltd",
    contact_name="Robin Ashworth",
    billing_address="9 Ferry Lane, Newcastle upon Tyne",
    billing_postcode="NE1 4ST",
    email="robin@quayside.example",
    landline="01914980300",
)
ENQUIRY = TypedEnquiry(
    topic="support",
    interest="locations",
    name="Robin Ashworth",
    email="robin@quayside.example",
    telephone="01914980300",
    business_name="Quayside Cycles Ltd",
    message="We move to Ferry Lane in May. How long before must you know, and may the old address stay until then?",
    consent=True,
)


def links_of(system: System) -> dict[str, str]:
    """What the mails that wait lead to: the path by what it is for; each link is made by being asked for."""
    paths = [
        path
        for letter in show_waiting(system, POSTMAN)
        for path in re.findall(r"https?://[^/\s]+(/\S+/\S+)", letter.text)
    ]
    return {path.rpartition("/")[0]: path for path in paths}


def leave_things(system: System, owner: Actor) -> dict[str, object]:
    account = only_account(system)
    with system.database.reading() as look:
        users = {user.email: user.id for user in look.session.scalars(select(User))}
    number_id = 1
    made = {
        "account": account,
        "viewer": next(one for email, one in users.items() if email.startswith("viewer")),
        "auditor": next(one for email, one in users.items() if email.startswith("auditor")),
        "key": make_key(system, owner, account, "Switchboard", ["locations:read"]).id,
        "invitation": invite(system, owner, account, "night.desk@harbourlane.example", AccountRole.EDITOR),
        "enquiry": make_enquiry(system, ENQUIRY, HOME),
        "hook": add_subscription(system, owner, account, "https://hooks.harbourlane.example/eld").id,
    }
    staff = Actor("sam@operations.example", Role.OPERATIONS, user_id=users["sam@operations.example"])
    answer_enquiry(
        system,
        staff,
        int(str(made["enquiry"])),
        "Two working days are enough. The old address stays until the day that you name.",
    )
    write_to_customer(
        system,
        staff,
        number_id,
        "Which of the two doors in Dewsbury Road is yours? The crew must know which bell to ring.",
    )
    made["thread"] = list_threads(system, owner, account).threads[0].id
    send_test(system, owner, int(str(made["hook"])))
    with system.database.reading() as look:
        made["event"] = look.session.scalars(select(WebhookEvent.id)).first()
    sign_up(system, NEWCOMER, HOME)
    ask_email_change(system, owner, "orders@harbourlane.example", DEMO_PASSWORD, HOME)
    ask_reset(system, owner.name, HOME)
    for place, path in links_of(system).items():
        made[place.strip("/").replace("/", "_").replace("-", "_")] = path
    return made
