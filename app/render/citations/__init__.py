"""Citations: shapes enter, BibTeX, RIS, CSL-JSON and plain lines leave; nothing is read here."""
