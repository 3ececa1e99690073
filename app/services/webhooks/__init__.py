"""Webhooks: each status change of a number, told to the addresses that its account named, until it is taken."""
