"""Emergency location data: where all meets. Imports stand inside the functions, so that `eld --help` is quick."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from app.scheduler import Clockwork
    from app.services.system import System
    from app.settings import Settings

WEB_ADDRESS = "127.0.0.1:8999"


def create_app(settings: "Settings | None" = None) -> "Flask":
    """Return the web application of the installation that `settings`, or the environment, describe."""
    import os

    import click
    from flask import Flask
    from werkzeug.middleware.proxy_fix import ProxyFix

    from app.api import register_api
    from app.cli import commands
    from app.errors import AppError
    from app.logs import write_logs
    from app.services.demo import agent_step
    from app.services.system import open_system
    from app.settings import load_settings
    from app.web import register_web

    write_logs()
    flask_app = Flask("app", static_folder=None, template_folder=None)
    for command in commands():
        flask_app.cli.add_command(command)
    try:
        settings = settings or load_settings(os.environ)
        system = open_system(settings)
    except AppError:
        if click.get_current_context(silent=True) is None:
            raise
        # `flask --app app db upgrade` must find its command where there is nothing to serve yet.
        return flask_app
    # Each proxy in front adds the address it was asked from; more than there are would let a caller invent one.
    hops = settings.trusted_proxies
    flask_app.wsgi_app = ProxyFix(flask_app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    register_web(flask_app, system, agent_step if settings.demo else None)
    register_api(flask_app, system)
    return flask_app


def main() -> None:
    """Run the program `eld`."""
    from app.cli import build

    build(serve=serve, schedule=schedule).main(prog_name="eld")


def serve(settings: "Settings") -> None:
    """Run web, scheduler and, in demo mode, the simulated agent until stopped (`eld run`)."""
    import subprocess
    import sys

    from app.services.setup import set_up

    _stop_by(_leave)  # nothing is at work yet that could not be cut off anywhere
    logins = set_up(settings)
    system = _open(settings)
    if settings.demo:
        _rehearse(system)
    clockwork = _clockwork(system)
    command = [sys.executable, "-m", "gunicorn", "--bind", WEB_ADDRESS, "--workers", "1", "--threads", "8"]
    web: subprocess.Popen[bytes] | None = None

    def stop() -> None:
        clockwork.ask_to_stop()
        if web is not None:
            web.terminate()

    _stop_by(stop)
    web = subprocess.Popen([*command, "--log-level", "warning", "app:create_app()"])  # noqa: S603  our own program
    if clockwork.stopping:
        web.terminate()  # the signal came before there was a web
    clockwork.start()
    print(f"Emergency location data: http://{WEB_ADDRESS}/ (console: http://{WEB_ADDRESS}/ops)", flush=True)
    for login in logins:
        print(f"  log in as {login.email:<32} password {login.password}  ({login.role})", flush=True)
    status = web.wait()
    stopped = clockwork.stopping
    clockwork.shut_down()
    system.database.dispose()
    _stop_no_more()
    if status and not stopped:
        sys.exit(1)


def schedule(settings: "Settings") -> None:
    """Run the scheduler alone until stopped (`eld scheduler`)."""
    import os

    _stop_by(_leave)
    system = _open(settings)
    clockwork = _clockwork(system)
    # A signal may come at any moment, also a second one: it sets a word and writes a byte, and takes no lock.
    stopped, stopper = os.pipe()

    def stop() -> None:
        clockwork.ask_to_stop()
        os.write(stopper, b".")

    _stop_by(stop)
    clockwork.start()
    os.read(stopped, 1)
    clockwork.shut_down()
    system.database.dispose()
    _stop_no_more()


def _stop_by(stop: "Callable[[], None]") -> None:
    """Have SIGTERM and SIGINT call `stop`, each time they come."""
    import signal

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop())


def _stop_no_more() -> None:
    """Have one more signal change nothing: while Python itself ends, it would kill what has ended well."""
    import signal

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)


def _leave() -> None:
    import sys

    _stop_no_more()
    sys.exit(0)


def _open(settings: "Settings") -> "System":
    from app.logs import write_logs
    from app.services.system import open_system

    write_logs()
    return open_system(settings)


def _clockwork(system: "System") -> "Clockwork":
    from app.scheduler import Clockwork
    from app.services.demo import agent_step

    return Clockwork(system, agent_step if system.settings.demo else None)


def _rehearse(system: "System") -> None:
    from app.services.demo import begin_rehearsal

    print(
        "Loading sample data and playing a first night; with the postcode package this takes a minute ...", flush=True
    )
    begin_rehearsal(system)
