"""Fifty clients register and look up for a minute, under gunicorn, on PostgreSQL with a million numbers in the base.

Beside it a bare Flask view under the same gunicorn does one INSERT, or one SELECT by the same key, and nothing else.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from crowd import Call, Heard, crowd
from database_server import Server, free_port, running_server
from invented import CLOCK, CUPID, OPERATOR, number_of, seed, settings_for

from app.domain.look_ups import CallBack, LookUpReason
from app.services.api_keys import make_key
from app.services.lookup.asking import Asking
from app.services.lookup.looking import look_up
from app.services.system import open_system

NUMBERS, CLIENTS, SECONDS = 1_000_000, 50, 60
REGISTER, LOOK_UP = "/api/v1/locations", "/api/v1/records/search"
LIVE = """
INSERT INTO accepted_records (number_id, state, values_id, account_id, effective_date, import_taken, heals, changed_at)
SELECT number_id, 'live', values_id, account_id, effective_date, false, 0, submitted_at FROM registrations
"""
TABLES = ("numbers", "addresses", "record_values", "registrations", "transactions")
NEXT = "SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
# Two for two cores.
WORKERS = ["--workers", "2", "--threads", "8", "--worker-class", "gthread", "--log-level", "warning"]


def main() -> None:
    """Print the figures of the README."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--numbers", type=int, default=NUMBERS)
    wanted.add_argument("--seconds", type=int, default=SECONDS)
    given = wanted.parse_args()
    with running_server() as server, tempfile.TemporaryDirectory(prefix="eld-bench-") as home:
        keys = _fill(server, Path(home), given.numbers)
        found = {}
        for name, program, more in (
            ("reference", "plain_view:create_app()", {"PLAIN_DATABASE_URL": server.url("people")}),
            ("ours", "app:create_app()", _environment(server, Path(home))),
        ):
            with _gunicorn(program, more) as port:
                found[name] = crowd(port, keys, given.seconds, lambda chance: _call(chance, given.numbers))
        night = _look_up(server, Path(home), given.numbers)
    print(f"\n{CLIENTS} clients for {given.seconds} s, {given.numbers:,} numbers in the base")
    for path in (REGISTER, LOOK_UP):
        _print(path, found["reference"][path], found["ours"][path], given.seconds)
    print("the night operator, one after another, each written into the trail first:")
    print(f"  ours       half in {night.at(0.5):6.1f} ms, 99 % in {night.at(0.99):6.1f} ms (must: below 1,000 ms)")
    if any(heard.errors for side in found.values() for heard in side.values()):
        sys.exit("not every call was answered with 200")


def _fill(server: Server, folder: Path, numbers: int) -> list[str]:
    """Put the numbers into the base, all live, and return a key for each client."""
    server.run("CREATE DATABASE people")
    url = server.url("people")
    seed(url, folder, numbers)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(LIVE)
        for table in TABLES:  # filled with ids of their own
            connection.execute(NEXT.format(table=table))
        connection.execute("CREATE TABLE plain (id bigserial PRIMARY KEY, body jsonb)")
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
    system = open_system(settings_for(url, folder), CLOCK)
    scopes = ["locations:read", "locations:write"]
    keys = [make_key(system, OPERATOR, 1, f"client {place}", scopes).key for place in range(CLIENTS)]
    system.database.dispose()
    return keys


def _look_up(server: Server, folder: Path, numbers: int) -> Heard:
    """Ask for 500 numbers in the way that the console does."""
    system, heard, chance = open_system(settings_for(server.url("people"), folder), CLOCK), Heard(), random.Random(7)
    for _ in range(500):
        number = f"0{number_of(chance.randrange(numbers))}"
        asking = Asking(number, LookUpReason.CALL_NOW, CallBack.YES, "the agent's desk")
        began = time.perf_counter()
        look_up(system, OPERATOR, asking)
        heard.seconds.append(time.perf_counter() - began)
    system.database.dispose()
    return heard


def _environment(server: Server, folder: Path) -> dict[str, str]:
    key_folder = str(folder / "keys")
    return {
        "ELD_DATABASE_URL": server.url("people"),
        "ELD_DATA_DIR": str(folder),
        "ELD_KEY_DIR": key_folder,
        "ELD_ENVIRONMENT": "test",
        "ELD_CUPID": CUPID,
    }


@contextmanager
def _gunicorn(program: str, more: dict[str, str]) -> Iterator[int]:
    """Serve a program on loopback for the block."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", *WORKERS, program]
    child = subprocess.Popen(command, env=os.environ | more, cwd=Path(__file__).parent)
    try:
        _wait_for(port)
        yield port
    finally:
        child.terminate()
        child.wait()


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not come up")


def _call(chance: random.Random, numbers: int) -> Call:
    """Return what a client asks next: every second time it registers a number anew, with a name of its own."""
    number = f"0{number_of(chance.randrange(numbers))}"
    if chance.random() < 0.5:
        return LOOK_UP, {"number": number}
    place = {"premises": "Unit 4", "thoroughfare": "Heron Way", "post_town": "Leeds", "postcode": "LS11 5DF"}
    name = f"Lantern Joinery {chance.randrange(10**9)}"
    return REGISTER, {"locations": [{"number": number, "name": name, "line_type": "", **place}]}


def _print(path: str, plain: Heard, ours: Heard, seconds: int) -> None:
    print(f"{'registers' if path == REGISTER else 'looks up'}:")
    for name, heard in (("reference", plain), ("ours", ours)):
        rate, half, last = len(heard.seconds) / seconds, heard.at(0.5), heard.at(0.99)
        print(
            f"  {name:<10} {rate:7.1f} a second, half in {half:6.0f} ms, 99 % in {last:6.0f} ms, {heard.errors} errors"
        )
    print(f"  ratio of the 99 %: {ours.at(0.99) / plain.at(0.99):.1f}")


if __name__ == "__main__":
    main()
