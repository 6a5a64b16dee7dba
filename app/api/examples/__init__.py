"""Example responses for the OpenAPI document: data enters by hand, nothing is computed here."""
