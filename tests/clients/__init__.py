"""Generated clients and linters against the served OpenAPI document: `make clients`."""
