"""URLs enter; engines of SQLite and PostgreSQL, and the state of storage, leave; no SQL of rows."""
