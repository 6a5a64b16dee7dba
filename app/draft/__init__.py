"""Takes collected articles, returns a briefing in Markdown; every sentence of it is quoted."""
