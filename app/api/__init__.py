"""The HTTP API: requests enter, JSON and files leave; no SQL and no tables here."""
