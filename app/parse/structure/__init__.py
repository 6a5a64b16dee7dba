"""Blocks of a document enter, a tree of headings with the units that repeat leaves; no layout is
known beforehand here."""
