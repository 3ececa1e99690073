"""The rejects queue."""
