"""A search text enters, ranked hits with their highlights leave; no document is ever changed."""
