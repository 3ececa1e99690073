"""Whatever order of steps: while a second factor is still to be set up, no page but that one opens."""

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from web_people import PASSWORD, STAFF, another
from web_visitor import Visitor
from werkzeug.routing import Rule

# What is nobody's: no page of a person stands behind it.
OPEN = {"set_up.show", "set_up.finish", "assets.static", "health.healthz", "health.readyz", "metrics.show"}
VALUES = {"filename": "eld.css", "night": "2027-03-04", "which": "all"}
FORMS = ({}, {"code": "000000"}, {"password": PASSWORD}, {"email": STAFF, "password": PASSWORD}, {"email": STAFF})


def address(rule: Rule, number: int = 1) -> str:
    """Return a path of the rule, whatever stands in it."""
    converters = rule._converters
    values = {
        name: VALUES.get(name, number if type(converters[name]).__name__ == "RowId" else "x" * 43)
        for name in rule.arguments
    }
    return rule.build(values, append_unknown=False)[1]


def half_in(flask_app: Flask) -> Visitor:
    visitor = another(flask_app, STAFF, PASSWORD)
    assert visitor.page.heading == "Set up your second factor"
    return visitor


def test_every_page_leads_to_the_one(strict_app: Flask) -> None:
    visitor = half_in(strict_app)
    strict_app.config["WTF_CSRF_ENABLED"] = False
    for rule in strict_app.url_map.iter_rules():
        if rule.endpoint in OPEN | {"entry.log_out"}:
            continue
        for method in sorted({"GET", "POST"} & (rule.methods or set())):
            answer = visitor.client.open(address(rule), method=method)
            assert (answer.status_code, answer.location) == (302, "/log-in/set-up"), (method, rule)
    strict_app.config["WTF_CSRF_ENABLED"] = True
    assert visitor.get("/").heading == "Set up your second factor"


@given(data=st.data())
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_order_of_steps_opens_another(strict_app: Flask, data: st.DataObject) -> None:
    visitor = half_in(strict_app)
    strict_app.config["WTF_CSRF_ENABLED"] = False
    try:
        rules = sorted(strict_app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule))
        steps = st.tuples(st.sampled_from(rules), st.sampled_from(["GET", "POST", "HEAD"]), st.sampled_from(FORMS))
        for rule, method, form in data.draw(st.lists(steps, min_size=1, max_size=12)):
            if method not in (rule.methods or ()):
                continue
            sent = form if method == "POST" else None
            answer = visitor.client.open(address(rule, data.draw(st.integers(0, 9))), method=method, data=sent)
            answer.close()
            if rule.endpoint == "entry.log_out":
                visitor.client.post("/log-in", data={"email": STAFF, "password": PASSWORD})
            elif answer.status_code == 200:
                assert rule.endpoint in OPEN, (method, rule)
    finally:
        strict_app.config["WTF_CSRF_ENABLED"] = True
