"""The whole life of one number (A4): everything that was said, sent, answered and read of it, on one line of time."""
