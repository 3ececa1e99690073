"""Alarms (F6, U4): what operations must know of, told once, repeated daily while it lasts, cleared by itself."""
