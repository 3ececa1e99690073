"""The way to the agent by SFTP: a pinned host key, a key of ours, and every answer of the server awaited."""
