"""Word lists go in; tables of terms, makers, places and names come out; no document is read."""
