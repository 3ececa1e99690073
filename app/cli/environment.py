"""The settings as a command reads them; apart from the session, since `eld config` opens no database."""

import os

from app.settings import Settings, load_settings


def read_settings() -> Settings:
    """Read the settings from the environment; Misconfigured names every fault."""
    return load_settings(os.environ)
