"""The application as it is served: one process, both faces."""

from app import create_app
from app.services.system import System


def test_the_served_application_has_the_api(lone_system: System) -> None:
    client = create_app(lone_system.settings).test_client()
    assert client.get("/api/v1/openapi.json").get_json()["info"]["title"] == "Emergency location data"
    assert client.post("/api/v1/locations", json={}).status_code == 401
    assert client.get("/log-in").status_code == 200
