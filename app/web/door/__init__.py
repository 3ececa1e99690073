"""The door: pages that anybody may open, up to being logged in."""
