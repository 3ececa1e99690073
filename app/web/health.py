"""Is the process up, and is it fit to serve: for whoever watches the machine."""

from dataclasses import asdict

from flask import jsonify
from flask.typing import ResponseReturnValue

from app.services.readiness import readiness
from app.web.desk import the_system
from app.web.rooms import For, Room

room = Room("health", audience=For.EVERYONE)


@room.get("/healthz")
@room.on_the_way
def healthz() -> ResponseReturnValue:
    """Say that the process answers."""
    return jsonify(ok=True)


@room.get("/readyz")
@room.on_the_way
def readyz() -> ResponseReturnValue:
    """Say whether the database answers, when the last export finished, and how long the trail is."""
    state = readiness(the_system())
    return jsonify(asdict(state)), 200 if state.ready else 503
