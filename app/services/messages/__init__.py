"""What operations and customers write to each other about a number: in plain words, kept at the number."""
