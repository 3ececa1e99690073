"""Enquiries of people who need no account (P10): asked, answered, objected to, withdrawn, erased in time."""
