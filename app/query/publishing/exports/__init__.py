"""Whole lists as tables: filters enter, NDJSON lines of one snapshot leave; no page, no limit."""
