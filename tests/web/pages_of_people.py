"""The pages about people: the door, one's own log-in, the account, enquiries and messages."""

from playwright.sync_api import Page
from web_tour import OPERATIONS, STRANGER, Sight, Step, fill, press

from app.domain.actors import Role
from app.services.setup import DEMO_LOGINS, DemoLogin

ADMINISTRATOR = str(Role.ADMINISTRATOR)


def log_in(login: DemoLogin) -> tuple[Step, ...]:
    return fill(**{"E-mail address": login.email, "Password": login.password}), press("Log in")


def password(button: str) -> tuple[Step, ...]:
    """Give one's password where a page asks for it first."""

    def act(page: Page) -> None:
        page.locator("input[type=password]").first.fill(DEMO_LOGINS[0].password)

    return act, press(button)


CUSTOMER, STAFF = DEMO_LOGINS[0], DEMO_LOGINS[1]
DOOR = (
    Sight("log-in", "entry.log_in", "/log-in", STRANGER),
    Sight("log-in-errors", "entry.log_in", "/log-in", STRANGER, steps=(press("Log in"),)),
    Sight("log-in-code", "entry.give_code", "/log-in", STRANGER, "strict", log_in(CUSTOMER)),
    Sight(
        "log-in-code-errors", "entry.give_code", "/log-in", STRANGER, "strict", (*log_in(CUSTOMER), press("Continue"))
    ),
    Sight("log-in-set-up", "set_up.show", "/log-in", STRANGER, "strict", log_in(STAFF)),
    Sight("log-in-factor", "set_up.show", "/log-in", STRANGER, "strict", (*log_in(STAFF), press("Begin"))),
    Sight("sign-up", "sign_up.begin", "/sign-up", STRANGER),
    Sight("sign-up-errors", "sign_up.begin", "/sign-up", STRANGER, steps=(press("Sign up"),)),
    Sight(
        "sign-up-sent",
        "sign_up.sent",
        "/sign-up",
        STRANGER,
        steps=(
            fill(Name_of_the_business="Ferry Lane Books Ltd", Your_name="Pat Ferris", Landline="01914980301"),
            fill(Billing_address="9 Ferry Lane, Newcastle", Billing_postcode="NE1 4ST"),
            fill(**{"E-mail address": "pat@ferrylane.example"}),
            press("Sign up"),
        ),
    ),
    Sight("sign-up-confirm", "sign_up.confirm", "{sign_up_confirm}", STRANGER),
    Sight(
        "sign-up-confirm-errors", "sign_up.confirm", "{sign_up_confirm}", STRANGER, steps=(press("Open the account"),)
    ),
    Sight("link-spent", "sign_up.confirm", "/sign-up/confirm/not-a-link", STRANGER, status=410),
    Sight("join", "join.accept", "{join}", STRANGER),
    Sight("join-errors", "join.accept", "{join}", STRANGER, steps=(press("Join"),)),
    Sight("e-mail-confirm", "new_email.confirm", "{e_mail_confirm}", STRANGER),
    Sight("forgotten", "reset.ask", "/password/forgotten", STRANGER),
    Sight("forgotten-errors", "reset.ask", "/password/forgotten", STRANGER, steps=(press("Send me a link"),)),
    Sight("reset-sent", "reset.sent", "/password/sent", STRANGER),
    Sight("reset", "reset.choose", "{password_reset}", STRANGER),
    Sight("not-there", "", "/nothing", status=404),
    Sight("not-for-you", "", "/ops", status=403),
)
OWN = (
    Sight("own", "own.show", "/your-log-in"),
    Sight("own-with-factor", "own.show", "/your-log-in", house="strict"),
    Sight("own-e-mail", "own.email", "/your-log-in/e-mail"),
    Sight("own-e-mail-errors", "own.email", "/your-log-in/e-mail", steps=(press("Send the link"),)),
    Sight("own-password", "own.password", "/your-log-in/password"),
    Sight("own-password-errors", "own.password", "/your-log-in/password", steps=(press("Change the password"),)),
    Sight("own-factor", "own_factor.begin", "/your-log-in/second-factor"),
    Sight("own-factor-square", "own_factor.begin", "/your-log-in/second-factor", steps=password("Continue")),
    Sight("own-factor-remove", "own_factor.remove", "/your-log-in/second-factor/remove", house="strict"),
    Sight("own-recovery-codes", "own_factor.recovery_codes", "/your-log-in/recovery-codes", house="strict"),
    Sight(
        "own-recovery-codes-made",
        "own_factor.recovery_codes",
        "/your-log-in/recovery-codes",
        house="strict",
        steps=password("Make new ones"),
    ),
)
ACCOUNT = (
    Sight("account", "account.home", "/account"),
    Sight("account-data", "account.data", "/account/data"),
    Sight(
        "account-data-errors",
        "account.data",
        "/account/data",
        steps=(fill(**{"Name of the business": ""}), press("Save")),
    ),
    Sight("account-access", "access_log.listing", "/account/access"),
    Sight("account-keys", "api_keys.listing", "/account/keys"),
    Sight("account-keys-empty", "api_keys.listing", "/account/keys", house="empty"),
    Sight("account-key-new", "api_keys.make", "/account/keys/new"),
    Sight("account-key-new-errors", "api_keys.make", "/account/keys/new", steps=(press("Make the key"),)),
    Sight("account-key-revoke", "api_keys.revoke", "/account/keys/{key}/revoke"),
    Sight("account-people", "people.listing", "/account/people"),
    Sight("account-people-remove", "people.remove", "/account/people/{viewer}/remove"),
    Sight("account-people-role", "people.role", "/account/people/{viewer}/role"),
    Sight("account-people-factor", "people.reset_factor", "/account/people/{viewer}/second-factor"),
    Sight("account-invite", "people.invite", "/account/people/invite"),
    Sight("account-invite-errors", "people.invite", "/account/people/invite", steps=(press("Send the invitation"),)),
    Sight("account-withdraw", "people.withdraw", "/account/people/invitations/{invitation}/withdraw"),
)
HOOKS = (
    Sight("webhooks", "webhooks.listing", "/account/webhooks"),
    Sight("webhooks-empty", "webhooks.listing", "/account/webhooks", house="empty"),
    Sight("webhook", "webhooks.show", "/account/webhooks/{hook}"),
    Sight("webhook-new", "webhooks.add", "/account/webhooks/new"),
    Sight("webhook-change", "webhooks.change", "/account/webhooks/{hook}/change"),
    Sight("webhook-replay-one", "webhooks.replay_one", "/account/webhooks/{hook}/events/{event}/replay"),
    Sight("webhook-off", "webhooks.turn_off", "/account/webhooks/{hook}/off"),
    Sight("webhook-remove", "webhooks.remove", "/account/webhooks/{hook}/remove"),
    Sight("webhook-replay", "webhooks.replay", "/account/webhooks/{hook}/replay"),
    Sight("webhook-secret", "webhooks.new_secret", "/account/webhooks/{hook}/secret"),
)
WORDS = (
    Sight("enquire", "enquiries.ask", "/enquiries", STRANGER),
    Sight("enquire-errors", "enquiries.ask", "/enquiries", STRANGER, steps=(press("Send"),)),
    Sight("enquire-thanks", "enquiries.thanks", "/enquiries/thanks", STRANGER),
    Sight("enquire-erased", "enquiries.erased", "/enquiries/erased", STRANGER),
    Sight("enquiry-yours", "enquiries.yours", "{enquiries_yours}", STRANGER),
    Sight("messages", "messages.listing", "/messages"),
    Sight("messages-empty", "messages.listing", "/messages", house="empty"),
    Sight("message", "messages.show", "/messages/{thread}"),
    Sight("ops-enquiries", "ops_enquiries.listing", "/ops/enquiries", OPERATIONS),
    Sight("ops-enquiries-empty", "ops_enquiries.listing", "/ops/enquiries", OPERATIONS, "empty"),
    Sight("ops-enquiry", "ops_enquiries.show", "/ops/enquiries/{enquiry}", OPERATIONS),
    Sight("ops-enquiry-erase", "ops_enquiries.erase", "/ops/enquiries/{enquiry}/erase", str(Role.PRIVACY)),
    Sight("ops-messages", "ops_messages.listing", "/ops/messages", OPERATIONS),
    Sight("ops-messages-empty", "ops_messages.listing", "/ops/messages", OPERATIONS, "empty"),
    Sight("ops-message", "ops_messages.show", "/ops/messages/{thread}", OPERATIONS),
    Sight("ops-message-write", "ops_messages.write", "/ops/messages/about/{live}", OPERATIONS),
)
HOUSE = (
    Sight("ops-accounts", "accounts.listing", "/ops/accounts", OPERATIONS),
    Sight("ops-account", "accounts.show", "/ops/accounts/{account}", ADMINISTRATOR),
    Sight("ops-account-vouch", "accounts.vouch", "/ops/accounts/{account}/vouch", OPERATIONS),
    Sight("ops-account-access", "accounts.access", "/ops/accounts/{account}/access", ADMINISTRATOR),
    Sight("ops-account-remove", "accounts.remove", "/ops/accounts/{account}/people/{viewer}/remove", ADMINISTRATOR),
    Sight("ops-account-role", "accounts.role", "/ops/accounts/{account}/people/{viewer}/role", ADMINISTRATOR),
    Sight(
        "ops-account-factor",
        "accounts.reset_factor",
        "/ops/accounts/{account}/people/{viewer}/second-factor",
        ADMINISTRATOR,
    ),
    Sight("ops-mails", "mails.listing", "/ops/mails", ADMINISTRATOR),
    Sight("ops-users", "staff.listing", "/ops/users", ADMINISTRATOR),
    Sight("ops-user-new", "staff.add", "/ops/users/new", ADMINISTRATOR),
    Sight("ops-user-new-errors", "staff.add", "/ops/users/new", ADMINISTRATOR, steps=(press("Add"),)),
    Sight("ops-user-remove", "staff.remove", "/ops/users/{auditor}/remove", ADMINISTRATOR),
    Sight("ops-user-role", "staff.role", "/ops/users/{auditor}/role", ADMINISTRATOR),
    Sight("ops-user-factor", "staff.reset_factor", "/ops/users/{auditor}/second-factor", ADMINISTRATOR),
)
OF_PEOPLE = (*DOOR, *OWN, *ACCOUNT, *HOOKS, *WORDS, *HOUSE)
