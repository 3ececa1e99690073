"""The document as a page for people: made on the server, in the product's look, with no script at all."""

import json
from typing import Any

from flask import Response, current_app, request
from jinja2 import Environment, PackageLoader, select_autoescape

from app.api.desk import the_system
from app.api.document import calls_in_order

# The page loads the product's own style and picture, and nothing else.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'none'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
PAGES = Environment(
    loader=PackageLoader("app.api"), autoescape=select_autoescape(), trim_blocks=True, lstrip_blocks=True
)


def show_page(document: dict[str, Any]) -> Response:
    """Return the document as HTML: its groups, each call with what it takes and answers, and every shape."""
    page = PAGES.get_template("docs.html").render(
        about=document["info"],
        cp_name=the_system().settings.cp_name,
        # The faces share an application; where pages are not served, neither is their style.
        asset=current_app.jinja_env.globals.get("asset"),
        server=request.host_url.rstrip("/"),
        groups=_groups(document),
        shapes=sorted(document["components"]["schemas"].items()),
        kind_of=kind_of,
    )
    answer = Response(page, content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = POLICY
    return answer


def _groups(document: dict[str, Any]) -> list[dict[str, Any]]:
    described = {tag["name"]: tag.get("description", tag["name"]) for tag in document.get("tags", [])}
    groups: dict[str, dict[str, Any]] = {}
    for path, method, operation in calls_in_order(document):
        name = operation["tags"][0]
        group = groups.setdefault(name, {"title": described.get(name, name), "anchor": name, "calls": []})
        group["calls"].append(_call(document, path, method, operation))
    return list(groups.values())


def _call(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    above = document["paths"][f"/api/v1{path}"].get("parameters", [])
    parameters = [_followed(document, one) for one in [*above, *operation.get("parameters", [])]]
    content = operation.get("requestBody", {}).get("content", {})
    answers = [
        (status, _followed(document, told)["description"], _shape(told))
        for status, told in operation["responses"].items()
    ]
    return {
        "anchor": operation["operationId"],
        "path": path,
        "method": method,
        "summary": operation.get("summary", ""),
        "description": operation.get("description", ""),
        "scope": operation["security"][0]["api_key"][0],
        "parameters": [one | {"kind": kind_of(one.get("schema", {}))} for one in parameters],
        "bodies": [(kind, kind_of(one.get("schema", {})), _examples(one)) for kind, one in content.items()],
        "answers": answers,
        "shown": _example_of_answer(operation),
    }


def _followed(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    found: Any = node
    if "$ref" in node:
        found = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
    return dict(found)


def _shape(told: dict[str, Any]) -> str:
    content = told.get("content", {})
    return next((kind_of(one["schema"]) for one in content.values() if "schema" in one), "")


def _examples(content: dict[str, Any]) -> list[str]:
    several = [one["value"] for one in content.get("examples", {}).values()]
    found = [content["example"]] if "example" in content else several
    return [one if isinstance(one, str) else _written(one) for one in found]


def _example_of_answer(operation: dict[str, Any]) -> str:
    for status, told in operation["responses"].items():
        for content in told.get("content", {}).values():
            if status.startswith("2") and "example" in content:
                return _written(content["example"])
    return ""


def _written(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def kind_of(schema: dict[str, Any]) -> str:
    """Return what a schema takes, in words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for joined in ("anyOf", "oneOf", "allOf"):
        if joined in schema:
            return " or ".join(dict.fromkeys(kind_of(one) for one in schema[joined]))
    kinds = schema.get("type", "anything")
    told = " or ".join(kinds) if isinstance(kinds, list) else str(kinds)
    if "items" in schema:
        told = f"list of {kind_of(schema['items'])}"
    if "enum" in schema:
        told += ": " + ", ".join(str(word) for word in schema["enum"] if word is not None)
    if schema.get("format"):
        told += f" ({schema['format']})"
    return told
