"""What the templates are given: the components' templates, the product's words, dates and status tags."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, request, url_for
from govuk_frontend_wtf.main import WTFormsHelpers
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader

from app.domain.permissions import Permission, permitted_to
from app.web.desk import the_actor, the_moment, the_system, the_visiting, the_visitor
from app.web.label import FIELD_NAMES
from app.web.message_words import teach_messages
from app.web.moments import teach_moments
from app.web.navigation import navigation
from app.web.ruler import slice_of
from app.web.status_words import teach_statuses
from app.web.waits import in_words

PRODUCT = "Emergency location data"
STATIC = Path(__file__).parent / "static"
COMPONENTS = ("govuk_frontend_jinja", "govuk_frontend_wtf")


def dress_templates(flask_app: Flask) -> None:
    """Set the loader, filters and globals of the templates."""
    flask_app.jinja_loader = ChoiceLoader(
        [
            FileSystemLoader(Path(__file__).parent / "templates"),
            PrefixLoader({name: PackageLoader(name) for name in COMPONENTS}),
        ]
    )
    flask_app.jinja_env.trim_blocks = True
    flask_app.jinja_env.lstrip_blocks = True
    WTFormsHelpers(flask_app)
    teach_moments(flask_app)
    teach_statuses(flask_app)
    teach_messages(flask_app)
    flask_app.add_template_filter(slice_of)
    versions = {path.name: sha256(path.read_bytes()).hexdigest()[:12] for path in STATIC.rglob("*.*")}
    flask_app.jinja_env.globals["field_names"] = FIELD_NAMES

    @flask_app.template_global()
    def asset(path: str) -> str:
        """Return the address of a static file, with its digest so that browsers may keep it."""
        return url_for("assets.static", filename=path, v=versions[path.rsplit("/", 1)[-1]])

    @flask_app.template_global()
    def may(permission: str) -> bool:
        """Say whether the visitor holds a permission: a page shows no button that would refuse."""
        return the_visitor() is not None and permitted_to(the_actor(), Permission(permission))

    @flask_app.context_processor
    def surroundings() -> dict[str, Any]:
        settings = the_system().settings
        return {
            "product": PRODUCT,
            "cp_name": settings.cp_name,
            "demo": settings.demo,
            "mails_shown": settings.demo and not settings.mail_smtp,
            "stays": (in_words(settings.session_idle), in_words(settings.session_limit)),
            "export_at": f"{settings.export_at:%H:%M}",
            "visitor": the_visitor(),
            "visiting": the_visiting(),
            "navigation": navigation(request.endpoint or ""),
            "now": the_moment(),
        }
