"""A decided briefing enters; a report on its quality leaves; the report changes no decision."""
