"""Pages for people who need no log-in."""
