"""A decided briefing enters; its rows leave; nothing here decides what the document means."""
