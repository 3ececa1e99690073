"""The least that can be done, under the same server: one INSERT and one SELECT by the same key, through a pool."""

import os

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from psycopg.types.json import Json
from psycopg_pool import ConnectionPool

FOUND = """
SELECT values.name, values.premises, values.postcode FROM numbers
JOIN accepted_records ON accepted_records.number_id = numbers.id
JOIN record_values AS values ON values.id = accepted_records.values_id WHERE numbers.number = %s
"""


def create_app() -> Flask:
    """Return an application with two views and nothing around them."""
    pool = ConnectionPool(os.environ["PLAIN_DATABASE_URL"], min_size=8, max_size=8, open=True)
    flask_app = Flask("plain")

    @flask_app.post("/api/v1/locations")
    def register() -> ResponseReturnValue:
        with pool.connection() as connection:
            connection.execute("INSERT INTO plain (body) VALUES (%s)", [Json(request.get_json())])
        return jsonify(rows=1)

    @flask_app.post("/api/v1/records/search")
    def search() -> ResponseReturnValue:
        with pool.connection() as connection:
            row = connection.execute(FOUND, [f"+44{request.get_json()['number'][1:]}"]).fetchone()
        return jsonify(row)

    return flask_app
