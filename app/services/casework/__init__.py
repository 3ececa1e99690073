"""Working the cases (F7): look, take, note, mend in place, close with a reason, open again."""
