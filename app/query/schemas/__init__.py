"""Rows enter; the public shapes of answers leave, all fields present; nothing is read here."""
