"""Where each value stands in an eff-style-1 file, as the agent reads its own copy of the interface.

The numbers are literal, taken from the tables "Header", "Data record" and "Trailer" of the interface
description, and shared with no writer: a slip on either side shows as a disagreement.
Each entry is (field, first position counted from 1, width).
"""

RECORD_LENGTH = 442

HEADER = (
    ("rec_type", 1, 1),
    ("format_id", 2, 8),
    ("cupid", 10, 3),
    ("created_date", 13, 8),
    ("created_time", 21, 6),
    ("file_sequence", 27, 6),
    ("file_kind", 33, 1),
    ("environment", 34, 1),
    ("file_name", 35, 20),
)

DATA = (
    ("rec_type", 1, 1),
    ("rec_no", 2, 7),
    ("txn_ref", 9, 20),
    ("command", 29, 1),
    ("telephone_no", 30, 15),
    ("effective_date", 45, 8),
    ("parent_cupid", 53, 3),
    ("child_cupid", 56, 3),
    ("change_cupid", 59, 3),
    ("line_type", 62, 4),
    ("title", 66, 20),
    ("forename", 86, 20),
    ("name", 106, 50),
    ("honours", 156, 30),
    ("bus_suffix", 186, 50),
    ("premises", 236, 60),
    ("thoroughfare", 296, 55),
    ("locality", 351, 30),
    ("postcode", 381, 8),
    ("retailer_id", 389, 6),
    ("address_id", 395, 12),
    ("address_id_source", 407, 1),
    ("new_telephone_no", 408, 15),
    ("cross_ref", 423, 20),
)

TRAILER = (
    ("rec_type", 1, 1),
    ("cupid", 2, 3),
    ("file_sequence", 5, 6),
    ("record_count", 11, 7),
    ("count_a", 18, 7),
    ("count_c", 25, 7),
    ("count_m", 32, 7),
    ("count_e", 39, 7),
    ("count_i", 46, 7),
    ("count_other", 53, 7),
    ("checksum", 60, 16),
)

# What the agent keeps of a record; a blank command and a new rec_no are added in an extract.
KEPT = tuple(name for name, _, _ in DATA if name not in {"rec_type", "rec_no", "command"})
