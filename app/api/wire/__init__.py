"""The wire: HTTP becomes typed parameters, shapes become responses; no resource is known here."""
