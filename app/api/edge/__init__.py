"""The edge: every request enters and every response leaves here; no resource is known here."""
