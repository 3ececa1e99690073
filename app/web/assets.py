"""Style sheets and scripts: the vendored components and the product's own skin."""

from flask import Response

from app.web.rooms import PLACE, For, Room

A_YEAR = 365 * 24 * 3600

room = Room("assets", audience=For.EVERYONE)
room.halfway.add("assets.static")
room.static_folder = str(PLACE / "static")
room.static_url_path = "/assets"


@room.after_request
def keep(response: Response) -> Response:
    """Let browsers keep what is addressed by its digest."""
    if response.status_code == 200:  # noqa: PLR2004  HTTP's own number
        response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response
