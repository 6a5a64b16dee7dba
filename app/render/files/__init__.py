"""NDJSON lines enter, files of other formats and descriptions of files leave; nothing is read."""
