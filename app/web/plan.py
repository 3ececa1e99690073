"""Every room of the house, in one list."""

from app.web.account.access import room as access_log
from app.web.account.data import room as account
from app.web.account.keys import room as api_keys
from app.web.account.people import room as people
from app.web.account.webhooks import room as webhooks
from app.web.assets import room as assets
from app.web.door.entry import room as entry
from app.web.door.join import room as join
from app.web.door.new_email import room as new_email
from app.web.door.reset import room as reset
from app.web.door.set_up import room as set_up
from app.web.door.sign_up import room as sign_up
from app.web.health import room as health
from app.web.metrics import room as metrics
from app.web.ops.accounts import room as accounts
from app.web.ops.bulk import room as ops_bulk
from app.web.ops.cases import room as cases
from app.web.ops.enquiries import room as ops_enquiries
from app.web.ops.explain import room as explain
from app.web.ops.files import room as files
from app.web.ops.life import room as life
from app.web.ops.lists import room as lists
from app.web.ops.lookup import room as lookup
from app.web.ops.mails import room as mails
from app.web.ops.messages import room as ops_messages
from app.web.ops.missing import room as missing
from app.web.ops.numbers import room as ops_numbers
from app.web.ops.plots import room as plots
from app.web.ops.porting import room as porting
from app.web.ops.replies import room as replies
from app.web.ops.reviews import room as reviews
from app.web.ops.staff import room as staff
from app.web.ops.tonight import room as tonight
from app.web.ops.trail import room as trail
from app.web.own.factor import room as own_factor
from app.web.own.log_in import room as own
from app.web.portal.barring import room as barring
from app.web.portal.bulk import room as bulk
from app.web.portal.cancelling import room as cancelling
from app.web.portal.ceasing import room as ceasing
from app.web.portal.locations import room as locations
from app.web.portal.many import room as many
from app.web.portal.messages import room as messages
from app.web.portal.numbers import room as numbers
from app.web.public.enquiries import room as enquiries

ROOMS = (
    assets,
    health,
    metrics,
    enquiries,
    entry,
    set_up,
    sign_up,
    reset,
    join,
    new_email,
    own,
    own_factor,
    webhooks,
    numbers,
    locations,
    many,
    ceasing,
    cancelling,
    barring,
    bulk,
    messages,
    account,
    people,
    access_log,
    api_keys,
    tonight,
    files,
    replies,
    cases,
    reviews,
    missing,
    porting,
    ops_numbers,
    ops_bulk,
    life,
    lists,
    lookup,
    ops_messages,
    ops_enquiries,
    trail,
    accounts,
    staff,
    mails,
    explain,
    plots,
)
