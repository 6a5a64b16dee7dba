"""Briefbase: daily AI briefings enter as Markdown, a queryable knowledge base leaves."""

__version__ = "0.1.0"
