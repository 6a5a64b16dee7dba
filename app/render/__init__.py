"""Rendering: stored Markdown and API shapes enter, safe HTML or text leaves; no database here."""
