"""A draft enters; a decided briefing and its features leave; nothing here reads the database."""
