"""Long trials of a running server; the short ones among them are tests."""
