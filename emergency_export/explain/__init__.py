"""A file of the interface explained: every field named, every fault pointed at, nothing kept (F9)."""
