"""Feeds: shapes enter, Atom, RSS, JSON Feed and OPML leave as bytes; nothing is read here."""
