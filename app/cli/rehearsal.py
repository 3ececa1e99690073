"""The simulated agent as the settings and the command's options describe it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from app.cli.environment import read_settings
from app.errors import Misconfigured
from app.settings import Settings
from emergency_export.agent import Agent, AgentError, Exchange, ExchangeDownError, Faults, PortRule
from emergency_export.agent.faults import KINDS
from emergency_export.faults import TransportDown

FAULT_NAMES = tuple(kind.replace("_", "-") for kind in KINDS)


class FaultShare(click.ParamType[tuple[str, float]]):
    """KIND=SHARE, the share as 0.2 or 20%."""

    name = "KIND=SHARE"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, float]:
        """Read kind and share; anything else is wrong usage."""
        if isinstance(value, tuple):
            return value
        kind, _, share = str(value).partition("=")
        if kind not in FAULT_NAMES:
            self.fail(f"{kind!r} is no kind of fault: {', '.join(FAULT_NAMES)}", param, ctx)
        try:
            number = float(share.removesuffix("%")) / (100 if share.endswith("%") else 1)
        except ValueError:
            number = -1.0
        if not 0 <= number <= 1:
            self.fail(f"{value} is not KIND=SHARE with a share from 0 to 1, as in {kind}=0.2 or {kind}=20%", param, ctx)
        return kind, number


def rehearsal_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say how the agent is to behave; `open_agent` takes them."""
    for option in reversed(
        (
            click.option(
                "--fault",
                "shares",
                multiple=True,
                type=FaultShare(),
                help="Let this befall a share (0.2 or 20%) of the records, replies, files or ports. Repeat it for "
                f"several kinds: {', '.join(FAULT_NAMES)}. Without any, all that is still owed comes at once.",
            ),
            click.option(
                "--seed", type=int, default=0, show_default=True, help="The same seed gives the same faults again."
            ),
            click.option(
                "--late-steps",
                type=click.IntRange(1, 1000),
                default=3,
                show_default=True,
                help="By how many steps something may be late.",
            ),
            click.option("--refuse-postcode", "refused", multiple=True, metavar="PC", help="Answer 0101 for it."),
            click.option(
                "--port-days",
                type=click.IntRange(0, 365),
                help="Say that a port is complete this many days after its day. Without it ports stay open until "
                "`eld agent port`; with the fault `undone` they are warned of after 1 and 10 days and undone after 30.",
            ),
            click.option(
                "--keep/--delete",
                default=True,
                show_default=True,
                help="Leave files in the outbox, or delete them when they are taken in.",
            ),
        )
    ):
        command = option(command)
    return command


def open_agent(**options: Any) -> Agent:
    """Return the agent with a database of its own; a live file is never answered by a rehearsal."""
    settings = read_settings()
    if settings.environment != "test":
        raise Misconfigured("ELD_ENVIRONMENT: the simulated agent answers in test alone")
    return Agent(
        settings.data_dir / "agent.db",
        _place(settings),
        settings.cupid,
        "T",
        profile=settings.profile,
        **_read(options),
    )


@contextmanager
def told() -> Iterator[None]:
    """Say what keeps the agent from its work: a setting, or a server that may be back later."""
    try:
        yield
    except ExchangeDownError as error:
        raise TransportDown(f"the simulated agent: {error}") from error
    except AgentError as error:
        raise Misconfigured(f"the simulated agent: {error}") from error


def _read(options: dict[str, Any]) -> dict[str, Any]:
    if not options:
        return {}
    shares = dict(options["shares"])
    if len(shares) < len(options["shares"]):
        raise click.BadParameter("a kind of fault is given twice", param_hint="'--fault'")
    faults = Faults(
        options["seed"],
        late_steps=options["late_steps"],
        **{f"{kind.replace('-', '_')}_share": share for kind, share in shares.items()},
    )
    days = options["port_days"]
    rule = PortRule(complete=days or 0) if days is not None or faults.share("undone") else None
    return {
        "faults": faults,
        "port_rule": rule,
        "keep": options["keep"],
        "refuse_postcodes": frozenset(options["refused"]),
    }


def _place(settings: Settings) -> Path | Exchange:
    scheme, _, folder = settings.transport.partition(":")
    if scheme == "folder":
        return Path(folder)
    # paramiko takes a while to import, and a folder does not need it.
    from emergency_export.agent.sftp import ExchangeSftp, Server  # noqa: PLC0415
    from emergency_export.faults import UnusableSettings  # noqa: PLC0415
    from emergency_export.sftp.address import check_key_file, parse_address, read_host_keys  # noqa: PLC0415

    try:
        address = parse_address(settings.transport)
        keys = [(key.kind, key.blob) for key in read_host_keys(settings.sftp_host_key, address)]
        client_key = check_key_file(settings.sftp_key)
    except UnusableSettings as error:
        raise Misconfigured(f"ELD_TRANSPORT, ELD_SFTP_HOST_KEY, ELD_SFTP_KEY: {error}") from error
    return ExchangeSftp(Server(address.user, address.host, address.port, address.path, keys), client_key=client_key)
