"""The JSON API under /api/v1, for customers' programs: it parses and renders, the services decide."""

from app.api.assembly import register_api

__all__ = ["register_api"]
