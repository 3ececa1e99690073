"""The figures behind the plots (U3): coverage, acceptance and volume by night, age of cases; nothing of a person."""
