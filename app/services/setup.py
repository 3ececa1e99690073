"""Setting an installation up: schema, folders, keys, what it is for, and in demo mode an account and its people."""

from dataclasses import dataclass

from app.audit.events import Action
from app.audit.keys import KeyStore
from app.clock import Clock, SystemClock
from app.db.engine import Database
from app.db.migrate import upgrade
from app.db.unit_of_work import UnitOfWork
from app.domain.actors import Actor, Role
from app.errors import Misconfigured
from app.models.accounts import Account, Installation
from app.services.accounts import make_user
from app.services.system import System, open_transport
from app.settings import Settings
from emergency_export.profile_loading import load_profile

DEMO_ACCOUNT = "Harbour Lane Bakery Ltd"
# Printed on the console and fit for nothing else: demo mode holds no real data and listens on loopback.
DEMO_PASSWORD = "rehearsal-999-demo"  # noqa: S105


@dataclass(frozen=True)
class DemoLogin:
    """A log-in that demo mode makes."""

    email: str
    password: str
    role: Role


DEMO_LOGINS = (
    DemoLogin("customer@harbourlane.example", DEMO_PASSWORD, Role.CUSTOMER),
    DemoLogin("alex@operations.example", DEMO_PASSWORD, Role.OPERATIONS),
    DemoLogin("sam@operations.example", DEMO_PASSWORD, Role.OPERATIONS),
)
SETTING_UP = Actor("setup", Role.ADMINISTRATOR)


def set_up(settings: Settings, clock: Clock | None = None) -> tuple[DemoLogin, ...]:
    """Create or migrate all that an installation stands on; may be repeated. Return the demo log-ins, if any."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.key_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    transport = open_transport(settings)
    transport.prepare()
    database = Database(settings.database_url)
    upgrade(database)
    system = System(
        settings=settings,
        clock=clock or SystemClock(),
        database=database,
        keys=KeyStore(settings.key_dir),
        profile=load_profile(settings.profile),
        transport=transport,
    )
    with database.unit_of_work() as work:
        if work.session.get(Installation, 1) is None:
            _install(system, work)
            work.commit()
    database.dispose()
    return DEMO_LOGINS if settings.demo else ()


def _install(system: System, work: UnitOfWork) -> None:
    settings = system.settings
    work.session.add(
        Installation(
            id=1,
            demo=settings.demo,
            environment=settings.environment,
            cupid=settings.cupid,
            set_up_at=system.clock.now(),
        )
    )
    detail = {"environment": settings.environment, "cupid": settings.cupid, "demo": settings.demo}
    system.record(work, SETTING_UP, Action.INSTALLATION_SET_UP, ("installation", 1), detail)
    if settings.demo:
        account = open_account(system, work, SETTING_UP, DEMO_ACCOUNT, retailer_id="DEMO01")
        for login in DEMO_LOGINS:
            account_id = account if login.role is Role.CUSTOMER else None
            make_user(system, work, SETTING_UP, login.email, login.role, login.password, account_id)


def open_account(system: System, work: UnitOfWork, actor: Actor, name: str, retailer_id: str = "") -> int:
    """Open an account in the caller's unit of work and return its id; the provider opens it, and so vouches for it."""
    if not name.strip():
        raise Misconfigured("an account has a name")
    now = system.clock.now()
    account = Account(name=name.strip(), retailer_id=retailer_id, created_at=now, vouched_at=now, vouched_by=actor.name)
    work.session.add(account)
    work.session.flush()
    system.record(
        work, actor, Action.ACCOUNT_OPENED, ("account", account.id), {}, values={"name": name}, account_id=account.id
    )
    return account.id
