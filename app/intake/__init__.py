"""A document or a deletion enters; the effect leaves; one transaction each, whole or not at all."""
