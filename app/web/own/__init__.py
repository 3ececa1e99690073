"""Your log-in: what everybody who can log in may see and change of their own."""
