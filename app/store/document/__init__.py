"""A decided briefing enters; its rows leave; no meaning is decided here."""
