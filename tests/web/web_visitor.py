"""A visitor who looks closely: each page fetched is inspected, and forms are sent as a browser would."""

import re
from typing import Any

from flask import Flask
from web_page import Page, faults_of
from werkzeug.test import TestResponse

from app.web.headers import HEADERS

# What must never stand in an address: a drama number in any form.
NUMBER_IN_URL = re.compile(r"(0|%2B44|\+44)(1\d\d%20?4960|1632|20%20?7946|7700)")


class Visitor:
    def __init__(self, flask_app: Flask) -> None:
        self.client = flask_app.test_client()
        self.response: TestResponse
        self.page: Page

    def get(self, url: str, status: int = 200) -> Page:
        return self._take(self.client.get(url), status)

    def send(self, button: str, status: int = 200, **values: Any) -> Page:
        """Press a button: its form goes out with what stands in it, changed as `values` say (None leaves out)."""
        form, (name, value) = self.page.form_with(button)
        data: dict[str, list[Any]] = {}
        for key, given in form.values:
            data.setdefault(key, []).append(given)
        for key, given in values.items():
            if given is None:
                data.pop(key, None)
            else:
                data[key] = given if isinstance(given, list) else [given]
        if name:
            data[name] = [value]
        multipart = any(isinstance(item, tuple) for items in data.values() for item in items)
        kind = "multipart/form-data" if multipart else None
        return self._take(self.client.post(form.action, data=data, content_type=kind), status)

    def log_in(self, email: str, password: str) -> Page:
        self.get("/log-in")
        return self.send("Log in", email=email, password=password)

    def _take(self, response: TestResponse, status: int) -> Page:
        seen = 0
        while response.status_code in {301, 302, 303, 308} and seen < 5:
            assert not NUMBER_IN_URL.search(response.location), response.location
            response, seen = self.client.get(response.location), seen + 1
        self.response = response
        for name, value in HEADERS.items():
            assert response.headers.get(name) == value, name
        assert response.headers["Cache-Control"] == "no-store"
        assert "'unsafe-" not in response.headers["Content-Security-Policy"]
        for cookie in response.headers.getlist("Set-Cookie"):
            assert {"HttpOnly", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}, cookie.partition("=")[
                0
            ]
        assert response.status_code == status, response.get_data(as_text=True)[:4000]
        if response.mimetype == "text/html":
            assert response.content_type == "text/html; charset=utf-8"
            self.page = Page(response.get_data(as_text=True), response.request.full_path)
            faults = faults_of(self.page)
            assert faults == [], faults
            for url in [*self.page.links(), *(form.action for form in self.page.forms)]:
                assert not NUMBER_IN_URL.search(url), url
        return self.page
