"""The night operator's look-up (U6): a number in, name and address out, and never without a record of who asked."""
