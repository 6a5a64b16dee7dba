"""Touched rows enter; data that follows from them leaves; nothing here is a source of truth."""
