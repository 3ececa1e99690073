"""People: how they sign up, log in, prove who they are, and whom they let into their account."""
