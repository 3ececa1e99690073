"""The page of the document: all of it, in words, without a script, as every other page of the product is."""

import re
from itertools import pairwise

from flask import Flask

from app.api.document import calls_in_order
from app.api.page import kind_of
from app.api.rooms import PREFIX


def page(flask_app: Flask) -> str:
    answer = flask_app.test_client().get(f"{PREFIX}/docs")
    assert (answer.status_code, answer.content_type) == (200, "text/html; charset=utf-8")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script" not in policy
    return answer.get_data(as_text=True)


def test_the_page_has_every_call_with_its_statuses_and_every_shape(lone_app: Flask) -> None:
    text = page(lone_app)
    document = lone_app.test_client().get(f"{PREFIX}/openapi.json").get_json()
    for path, method, operation in calls_in_order(document):
        assert f"{method} {path}</code>" in text
        section = text.partition(f'<section aria-labelledby="{operation["operationId"]}">')[2].partition("</section>")[
            0
        ]
        assert operation["summary"].replace("'", "&#39;") in section
        assert set(re.findall(r'<th scope="row">(\d{3})</th>', section)) == set(operation["responses"])
    for name in document["components"]["schemas"]:
        assert f'id="shape-{name}"' in text


def test_the_page_is_in_order(lone_app: Flask) -> None:
    text = page(lone_app)
    assert "<script" not in text
    assert "style=" not in text
    assert 'href="/assets/eld.css?v=' in text
    levels = [int(level) for level in re.findall(r"<h([1-6])", text)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert text.count("<table") == text.count("<caption>")
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(ids)
    titles = re.findall(r'aria-label="([^"]+)"', text)
    assert len(titles) == len(set(titles)), "each region can be told from the others"


def test_a_kind_is_told_in_words() -> None:
    assert kind_of({"type": ["string", "null"], "format": "date"}) == "string or null (date)"
    assert kind_of({"type": "array", "items": {"$ref": "#/components/schemas/X"}}) == "list of X"
    assert kind_of({"anyOf": [{"$ref": "#/c/X"}, {"type": "integer"}]}) == "X or integer"
    assert kind_of({"type": "string", "enum": ["a", None, "b"]}) == "string: a, b"
    assert kind_of({}) == "anything"
